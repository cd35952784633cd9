import { createSeededRandom } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BernoulliCusum, bernoulliEvidence } from './bernoulli-cusum.ts';
import { bernoulliCusumThreshold, normalCusumRunLength, normalCusumThreshold } from './cusum-threshold.ts';
import { TwoSidedCusum } from './two-sided-cusum.ts';

const random = createSeededRandom(11);
/** A standard normal number (Box and Muller 1958). */
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** How many observations pass on average until `step` says so. */
function averageRunLength(runs: number, begin: () => () => boolean): number {
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const step = begin();
    do total++;
    while (!step());
  }
  return total / runs;
}

describe('run lengths are as stated', () => {
  test.each([
    [4, 0.5, 168],
    [5, 0.5, 465],
    [8, 0.25, 368],
  ])('a two-sided CUSUM with threshold %d and allowance %d: tables say %d', (threshold, allowance, published) => {
    expect(Math.abs(normalCusumRunLength(threshold, allowance) / published - 1)).toBeLessThan(0.03);
  });

  test('the threshold for a run length is the inverse of the run length of a threshold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1e7 }), fc.double({ min: 0.1, max: 2, noNaN: true }), (runLength, allowance) => {
        const threshold = normalCusumThreshold(runLength, allowance);
        if (threshold > 1) expect(normalCusumRunLength(threshold, allowance) / runLength).toBeCloseTo(1, 6);
      }),
    );
  });

  test('by simulation, normal observations', () => {
    const threshold = normalCusumThreshold(500, 0.5);
    const length = averageRunLength(600, () => {
      const cusum = new TwoSidedCusum();
      return () => {
        cusum.push(normal(), { allowance: 0.5, cap: 10 });
        return cusum.largest > threshold;
      };
    });
    expect(Math.abs(length / 500 - 1)).toBeLessThan(0.15);
  });

  test.each([
    [0.02, 0.17],
    [0.1, 0.31],
    [0.3, 0.63],
  ])('by simulation, events of probability %d tuned to %d: within a factor of two', (p0, p1) => {
    const threshold = bernoulliCusumThreshold(1_000, p0, p1);
    const length = averageRunLength(300, () => {
      const cusum = new BernoulliCusum();
      return () => {
        cusum.push(random.next() < p0 ? 1 : 0, { p0, p1 });
        return cusum.value >= threshold;
      };
    });
    expect(length).toBeGreaterThan(500);
    expect(length).toBeLessThan(2_000);
  });
});

describe('a two-sided CUSUM', () => {
  const options = { allowance: 0.5, cap: 3 };
  const stream = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { maxLength: 100 });
  const fed = (values: readonly number[]): TwoSidedCusum => {
    const cusum = new TwoSidedCusum();
    for (const value of values) cusum.push(value, options);
    return cusum;
  };

  test('sees a fall as the mirror of a rise', () => {
    fc.assert(
      fc.property(stream, (values) => {
        const [a, b] = [fed(values), fed(values.map((value) => -value))];
        expect([a.up, a.down]).toEqual([b.down, b.up]);
      }),
    );
  });

  test('is never negative, and no value moves it by more than the cap', () => {
    fc.assert(
      fc.property(stream, fc.double({ noNaN: true }), (values, wild) => {
        const cusum = fed(values);
        const before = cusum.largest;
        cusum.push(wild, options);
        expect(Math.min(cusum.up, cusum.down)).toBeGreaterThanOrEqual(0);
        expect(cusum.largest - before).toBeLessThanOrEqual(2.5 + 1e-9);
      }),
    );
  });
});

describe('the log-likelihood ratio', () => {
  test('of known numbers', () => {
    expect(bernoulliEvidence(1, 0.02, 0.17)).toBeCloseTo(Math.log(8.5), 12);
    expect(bernoulliEvidence(0, 0.02, 0.17)).toBeCloseTo(Math.log(0.83 / 0.98), 12);
  });

  test('falls on average while nothing has changed, rises when it has', () => {
    const rates = fc.double({ min: 0.01, max: 0.45, noNaN: true });
    fc.assert(
      fc.property(rates, rates, (p0, rise) => {
        const p1 = p0 + rise;
        expect(bernoulliEvidence(p0, p0, p1)).toBeLessThanOrEqual(0);
        expect(bernoulliEvidence(p1, p0, p1)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
