import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentTime, platformTime } from './datetime64.ts';

describe('times as DateTime64 text', () => {
  it.each([
    [0, '1970-01-01 00:00:00.000000'],
    [1, '1970-01-01 00:00:00.000001'],
    [1_767_600_000_123_456, '2026-01-05 08:00:00.123456'],
    [-1, '1969-12-31 23:59:59.999999'],
    [8.64e15, '2243-10-17 00:00:00.000000'],
    [-8.64e15, '1900-01-01 00:00:00.000000'],
    [Number.NaN, '1900-01-01 00:00:00.000000'],
    [Number.POSITIVE_INFINITY, '2299-12-31 23:59:59.000000'],
  ])('%d µs of an agent are %s', (us, text) => {
    expect(agentTime(us)).toBe(text);
  });

  it.each([
    [-1, '1970-01-01 00:00:00.000000'],
    [8.64e15, '2099-12-31 23:59:59.000000'],
  ])("%d µs are clamped to what the platform's columns hold: %s", (us, text) => {
    expect(platformTime(us)).toBe(text);
  });

  it('keeps every microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (us) => {
        const text = platformTime(us);
        expect(Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`) * 1000 + Number(text.slice(23))).toBe(us);
      }),
    );
  });
});
