import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootstrapQuantile } from './bootstrap.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { Moments } from './moments.ts';

const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 12 });
const pair = fc.integer({ min: 1, max: 12 }).chain((length) => {
  const of = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: length, maxLength: length });
  return fc.tuple(of, of);
});

describe('the Jensen–Shannon distance', () => {
  test('of known numbers', () => {
    expect(jensenShannonDistance([1, 0], [0, 1], 0)).toBe(1);
    // (1/2, 1/2) against (1, 0): divergence 0.3112781 bit.
    expect(jensenShannonDistance([5, 5], [10, 0], 0)).toBeCloseTo(Math.sqrt(0.3112781), 6);
  });

  test('is symmetric, between 0 and 1, and 0 of a sample with itself', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const distance = jensenShannonDistance(a, b);
        expect(distance).toBeCloseTo(jensenShannonDistance(b, a), 12);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1);
        expect(jensenShannonDistance(a, a)).toBeCloseTo(0, 6);
      }),
    );
  });

  test('does not depend on the order of categories', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(jensenShannonDistance(a.toReversed(), b.toReversed())).toBeCloseTo(jensenShannonDistance(a, b), 9);
      }),
    );
  });

  test('without smoothing, does not depend on the size of the samples', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        fc.pre(a.some((count) => count > 0) && b.some((count) => count > 0));
        const tenfold = a.map((count) => 10 * count);
        expect(jensenShannonDistance(tenfold, b, 0)).toBeCloseTo(jensenShannonDistance(a, b, 0), 9);
      }),
    );
  });
});

describe('the bootstrap', () => {
  const options = { samples: 200, size: 100, quantile: 0.99, seed: 1 };
  const distanceTo = (reference: readonly number[]) => (sample: readonly number[]) => jensenShannonDistance(reference, sample);

  test('gives the same for the same seed, and about the same for another', () => {
    const reference = [120, 60, 15, 5];
    const quantile = (seed: number) => bootstrapQuantile(reference, distanceTo(reference), { ...options, seed });
    expect(quantile(1)).toBe(quantile(1));
    expect(Math.abs(quantile(2) - quantile(1))).toBeLessThan(0.05);
  });

  test('draws as many as asked, and only what was seen', () => {
    fc.assert(
      fc.property(counts, fc.integer(), (seen, seed) => {
        fc.pre(seen.some((count) => count > 0));
        bootstrapQuantile(
          seen,
          (sample) => {
            expect(sample.reduce((sum, count) => sum + count, 0)).toBe(50);
            expect(sample.every((count, i) => count === 0 || (seen[i] ?? 0) > 0)).toBe(true);
            return 0;
          },
          { ...options, samples: 3, size: 50, seed },
        );
      }),
    );
  });

  test('is near the binomial quantile of a share', () => {
    const high = bootstrapQuantile([300, 700], ([hits = 0]) => hits / 100, { ...options, samples: 2_000, quantile: 0.975 });
    expect(Math.abs(high - 0.39)).toBeLessThan(0.015);
  });
});

test('moments merged are those of all values, in any order', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.nat(60), (all, cut) => {
      const of = (part: readonly number[]): Moments => {
        const moments = new Moments();
        for (const value of part) moments.add(value);
        return moments;
      };
      const merged = of(all.slice(cut).toReversed());
      merged.merge(of(all.slice(0, cut)));
      const whole = of(all);
      expect(merged.count).toBe(whole.count);
      expect(merged.mean).toBeCloseTo(whole.mean, 6);
      expect(merged.deviation).toBeCloseTo(whole.deviation, 6);
    }),
  );
});
