import { expect, it } from 'vitest';
import { createFileSpan, createPlatformSpan } from './covered-span.ts';

const times = (count: number, stepUs: number, fromUs = 0): number[] => Array.from({ length: count }, (_, n) => fromUs + n * stepUs);

const spanOf = (span: ReturnType<typeof createFileSpan>, receivedUs: readonly number[]) => {
  for (const each of receivedUs) span.add(each);
  return [span.firstUs, span.lastUs];
};

it('of the history is from the first decision to the last, as the platform received them', () => {
  expect(spanOf(createPlatformSpan(), [5, 3, 9])).toEqual([3, 9]);
  expect(spanOf(createPlatformSpan(), [])).toEqual([undefined, undefined]);
});

it('of a file is what the middle nine tenths of its decisions cover, in whatever order they are', () => {
  expect(spanOf(createFileSpan(), times(101, 10).toReversed())).toEqual([50, 950]);
  expect(spanOf(createFileSpan(), [])).toEqual([undefined, undefined]);
});

it('of a file of up to twenty decisions is that of all of them', () => {
  expect(spanOf(createFileSpan(), times(20, 10))).toEqual([0, 190]);
  expect(spanOf(createFileSpan(), [7])).toEqual([7, 7]);
});

it('of a file is not stretched by decisions of stray clocks, fewer than a twentieth', () => {
  const strays = [...times(12, 3_600_000_000, -9e12), ...times(12, 3_600_000_000, 9e12)];
  const [firstUs = Number.NaN, lastUs = Number.NaN] = spanOf(createFileSpan(), [...strays, ...times(500, 100_000)]);
  expect(firstUs).toBeGreaterThanOrEqual(0);
  expect(lastUs).toBeLessThan(50_000_000);
});

it('of a file that is too long to keep every time of is nearly what it is of all', () => {
  const [firstUs = Number.NaN, lastUs = Number.NaN] = spanOf(createFileSpan(), times(2_500_000, 1));
  expect(firstUs).toBeCloseTo(125_000, -2);
  expect(lastUs).toBeCloseTo(2_375_000, -2);
});

it('of a file goes on after it was asked for', () => {
  const span = createFileSpan();
  expect(spanOf(span, [10, 20])).toEqual([10, 20]);
  expect(spanOf(span, [5, 30])).toEqual([5, 30]);
});
