import { expect, test } from 'vitest';
import { parseInstant, parseSpan } from './instant-option.ts';

const parse = parseInstant(() => 10 * 86_400_000_000);

test.each([
  ['7d', 3 * 86_400_000_000],
  ['90m', 10 * 86_400_000_000 - 5_400_000_000],
  ['1w', 3 * 86_400_000_000],
  ['1970-01-02', 86_400_000_000],
  ['1970-01-01T00:00:01Z', 1_000_000],
])('%s is %d µs', (text, us) => {
  expect(parse(text)).toBe(us);
});

test.each(['', 'yesterday', '7', '7y', '-1d', '1e3s', '2026-99-99'])('%j is refused with what is expected', (text) => {
  expect(() => parse(text)).toThrow('7d');
});

test('a span is a number of seconds, minutes, hours, days or weeks, and nothing else', () => {
  expect([parseSpan('90s'), parseSpan('2h')]).toEqual([90_000_000, 7_200_000_000]);
  expect(() => parseSpan('2026-01-01')).toThrow('90m');
});
