import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogHistogram } from './log-histogram.ts';

const positives = fc.array(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 });

test('every quantile is within 5 % above the exact one', () => {
  fc.assert(
    fc.property(positives, fc.constantFrom(0.05, 0.5, 0.95, 0.99, 1), (values, q) => {
      const histogram = new LogHistogram(1e9);
      for (const value of values) histogram.add(value);
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(q * values.length - 1e-9) - 1)] ?? 0;
      expect(histogram.quantile(q) / exact).toBeGreaterThan(0.999_999);
      expect(histogram.quantile(q) / exact).toBeLessThan(1.050_001);
    }),
  );
});

test('an empty histogram has quantile 0, and what is not positive and finite is ignored', () => {
  const histogram = new LogHistogram(100);
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) histogram.add(value);
  expect(histogram.quantile(0.5)).toBe(0);
  expect(histogram.weight).toBe(0);
});

test('old values fade: a level left behind long ago is forgotten', () => {
  const histogram = new LogHistogram(100);
  histogram.add(1_000_000);
  for (let i = 0; i < 1_000; i++) histogram.add(10);
  expect(histogram.quantile(1)).toBeLessThan(10.6);
  expect(histogram.weight).toBeLessThanOrEqual(100);
});

test('a restored histogram goes on exactly like the original', () => {
  fc.assert(
    fc.property(positives, positives, (first, second) => {
      const original = new LogHistogram(50);
      for (const value of first) original.add(value);
      const copy = new LogHistogram(50);
      copy.restore(original.snapshot() as number[]);
      for (const value of second) {
        original.add(value);
        copy.add(value);
      }
      expect(copy.snapshot()).toEqual(original.snapshot());
      expect(copy.quantile(0.9)).toBe(original.quantile(0.9));
    }),
  );
});
