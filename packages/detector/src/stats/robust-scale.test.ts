import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, robustScale } from './robust-scale.ts';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

test('the median of a known list is its middle, or the mean of the middle two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('the robust scale of a textbook list: MAD of 1 1 2 2 4 6 9 is 1, times 1.4826', () => {
  expect(robustScale([1, 1, 2, 2, 4, 6, 9])).toEqual({ centre: 2, sigma: 1.4826 });
});

test('one wild value among many moves neither centre nor spread', () => {
  const calm = [10, 11, 12, 13, 14];
  expect(robustScale([...calm, 1e9])).toEqual({ centre: 12.5, sigma: expect.closeTo(2.2239, 4) });
});

test('half of the values lie on each side of the median, and the list is not changed', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const before = [...values];
      const middle = median(values);
      expect(values).toEqual(before);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});
