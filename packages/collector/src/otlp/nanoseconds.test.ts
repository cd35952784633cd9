import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonNanosToMicros, MICROS_MAX, wordsToMicros } from './nanoseconds.ts';

const clamped = (nanos: bigint): number => Math.min(MICROS_MAX, Number(nanos / 1000n));

describe('nanoseconds', () => {
  it('become whole microseconds without losing one, from words and from text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 8_640_000_000_000_000_000n }), (nanos) => {
        expect(wordsToMicros(Number(nanos >> 32n), Number(nanos & 0xffffffffn))).toBe(clamped(nanos));
        expect(jsonNanosToMicros(String(nanos))).toBe(clamped(nanos));
      }),
    );
  });

  it('of the far future are kept at the end of time', () => {
    expect(wordsToMicros(0xffffffff, 0xffffffff)).toBe(MICROS_MAX);
    expect(jsonNanosToMicros('18446744073709551615')).toBe(MICROS_MAX);
    expect(jsonNanosToMicros(1e300)).toBe(MICROS_MAX);
  });

  it.each([['-1'], ['1e9'], [''], ['x'], ['999999999999999999999'], [-5], [Number.NaN], [null], [undefined], [{}]])(
    'that are %j count as 0',
    (value) => {
      expect(jsonNanosToMicros(value)).toBe(0);
    },
  );
});
