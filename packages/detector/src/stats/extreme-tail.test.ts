import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExtremeTail } from './extreme-tail.ts';

const sizes = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 40, maxLength: 200 });

function tailOf(values: readonly number[]): ExtremeTail {
  const tail = new ExtremeTail();
  for (const value of values) tail.add(value);
  return tail;
}

/** n quantiles of a Pareto distribution: P(X > x) = x^(−1/index). */
const pareto = (n: number, index: number): number[] => Array.from({ length: n }, (_, i) => ((i + 0.5) / n) ** -index);

test('a Pareto tail of the expected index gets its true probability, far beyond what was seen', () => {
  const tail = tailOf(pareto(1000, 0.2));
  for (const p of [1e-3, 1e-5, 1e-8]) expect(Math.log10(tail.probability(p ** -0.2))).toBeCloseTo(Math.log10(p), 0);
});

test('the probability falls as a value grows, and is 1 for what is usual', () => {
  const tail = tailOf(pareto(500, 0.3));
  const probabilities = [1, 2, 4, 8, 16, 32].map((value) => tail.probability(value));
  expect(probabilities[0]).toBe(1);
  expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities);
});

test('a tail that knows fewer than 32 values finds nothing unusual', () => {
  expect(tailOf(Array.from({ length: 31 }, () => 1)).probability(1e9)).toBe(1);
});

test('the first move of a series that never moved is as rare as its length says, whatever its size', () => {
  const tail = tailOf(Array.from({ length: 999 }, () => 0));
  expect(tail.probability(1e-9)).toBe(1 / 1000);
  expect(tail.probability(1e9)).toBe(1 / 1000);
});

test('a value taken in with weight is no news when it comes again', () => {
  const tail = tailOf(pareto(500, 0.1));
  expect(tail.probability(100)).toBeLessThan(1e-9);
  tail.add(100, 16);
  expect(tail.probability(100)).toBe(1);
});

test('only ratios matter: another unit gives the same probability', () => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 1, max: 100, noNaN: true }), fc.integer({ min: -300, max: 300 }), (values, factor, exponent) => {
      const unit = 2 ** exponent;
      const size = Math.max(...values) * factor;
      expect(tailOf(values.map((value) => value * unit)).probability(size * unit)).toBe(tailOf(values).probability(size));
    }),
  );
});

test('order does not matter while every extreme is still remembered', () => {
  fc.assert(
    fc.property(sizes, (values) => {
      const [first, ...counts] = [tailOf(values).snapshot(), tailOf([...values].reverse()).snapshot()];
      expect(counts).toEqual([first]);
    }),
  );
});

test('what was extreme long ago is forgotten', () => {
  const tail = tailOf([...Array.from({ length: 20 }, () => 1000), ...Array.from({ length: 40_000 }, (_, i) => 1 + (i % 10) / 10)]);
  expect(tail.probability(1000)).toBeLessThan(1e-9);
});

test('values that are not positive and finite are never unusual and never kept', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 200 }), fc.double(), (values, value) => {
      const tail = tailOf(values);
      const probability = tail.probability(value);
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
      expect(tail.snapshot().length).toBeLessThanOrEqual(18);
      expect(tail.snapshot().every(Number.isFinite)).toBe(true);
    }),
  );
});
