import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TaskCounts } from './task-counts.ts';

const pairs = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 400 });
const counted = (given: readonly number[]): TaskCounts => {
  const counts = new TaskCounts(1_000);
  for (const pair of given) counts.add(pair * 0x01000193);
  return counts;
};

test('counts each pair exactly, as long as it has room', () => {
  fc.assert(
    fc.property(pairs, (given) => {
      const counts = counted(given.map((pair) => pair + 1));
      for (let pair = 1; pair <= 62; pair++) expect(counts.of(pair * 0x01000193)).toBe(given.filter((one) => one + 1 === pair).length);
    }),
  );
});

test('comes back from its snapshot the same, whatever the order of what it was given', () => {
  fc.assert(
    fc.property(pairs, (given) => {
      const before = counted(given).snapshot();
      expect(counted(given.toReversed()).snapshot()).toEqual(before);
      const back = new TaskCounts(1_000);
      back.restore(before);
      expect(back.snapshot()).toEqual(before);
    }),
  );
});

test('is bounded: past its most pairs it forgets all and begins afresh', () => {
  const counts = new TaskCounts(100);
  for (let pair = 1; pair <= 101; pair++) counts.add(pair);
  expect(counts.of(1)).toBe(0);
  expect(counts.of(101)).toBe(1);
});

test('what is no snapshot is told so', () => {
  for (const state of [null, {}, [], ['AAAA'], 7]) expect(() => new TaskCounts(10).restore(state)).toThrow(/no pairs/);
});
