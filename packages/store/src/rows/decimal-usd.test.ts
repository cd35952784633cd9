import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoUsdToDecimal } from './decimal-usd.ts';

describe('money as decimals', () => {
  it.each([
    [0, '0.000000000'],
    [1, '0.000000001'],
    [-1, '-0.000000001'],
    [1_000_000_000, '1.000000000'],
    [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
  ])('%d nano-USD are %s', (nano, text) => {
    expect(nanoUsdToDecimal(nano)).toBe(text);
  });

  it('loses nothing: the digits without the point are the number', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nano) => {
        const text = nanoUsdToDecimal(nano) ?? '';
        expect(text).toMatch(/^-?\d+\.\d{9}$/);
        expect(BigInt(text.replace('.', ''))).toBe(BigInt(nano));
      }),
    );
  });

  it('is absent when there is no cost', () => {
    expect(nanoUsdToDecimal(undefined)).toBeUndefined();
  });
});
