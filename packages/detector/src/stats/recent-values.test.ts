import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Moments } from './moments.ts';
import { RecentValues } from './recent-values.ts';

test('moments are those of the newest values, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 60 }), (values) => {
      const recent = new RecentValues(8);
      for (const value of values) recent.add(value);
      const expected = new Moments();
      for (const value of values.slice(-5)) expected.add(value);
      const { mean, deviation } = recent.moments(5) ?? { mean: Number.NaN, deviation: Number.NaN };
      expect(mean).toBeCloseTo(expected.mean, 6);
      expect(deviation).toBeCloseTo(Math.sqrt(expected.squares / 5), 6);
    }),
  );
});

test('there are no moments of more values than there are, or than are kept', () => {
  const recent = new RecentValues(3);
  recent.add(1);
  recent.add(2);
  expect(recent.moments(3)).toBeUndefined();
  recent.add(3);
  expect(recent.moments(3)?.mean).toBe(2);
  expect(recent.moments(4)).toBeUndefined();
});

test('a huge value leaves no rounding behind when it is gone', () => {
  const recent = new RecentValues(4);
  for (const value of [1e100, 7, 7, 7, 7]) recent.add(value);
  expect(recent.moments(4)).toEqual({ mean: 7, deviation: 0 });
});

test('a restored copy goes on exactly', () => {
  const recent = new RecentValues(4);
  for (const value of [3, 1, 4, 1, 5]) recent.add(value);
  const copy = new RecentValues(4);
  copy.restore(recent.snapshot());
  for (const one of [recent, copy]) one.add(9);
  expect(copy.moments(4)).toEqual(recent.moments(4));
});
