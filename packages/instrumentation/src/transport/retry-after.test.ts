import { expect, it } from 'vitest';
import { RETRY_AFTER_MAX_MS, retryAfterMs } from './retry-after.ts';

const NOW_US = Date.UTC(2026, 0, 1) * 1000;

it.each([
  ['seconds', '2', 2000],
  ['nothing to wait for', '0', 0],
  ['a date', 'Thu, 01 Jan 2026 00:00:03 GMT', 3000],
  ['a date in the past', 'Thu, 01 Jan 2015 00:00:03 GMT', 0],
  ['a day: bounded', '86400', RETRY_AFTER_MAX_MS],
  ['nonsense', 'soon', undefined],
  ['absence', undefined, undefined],
])('reads %s', (_what, header, expected) => {
  expect(retryAfterMs(header, NOW_US)).toBe(expected);
});
