import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeySet } from './key-set.ts';

const keys = fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { maxLength: 300 });

test('holds what it was given and nothing else, as long as it is exact', () => {
  fc.assert(
    fc.property(keys, keys, (given, others) => {
      const set = new KeySet(10_000, 'filter');
      for (const key of given) expect(set.add(key)).toBe(true);
      for (const key of given) expect(set.add(key)).toBe(false);
      expect(given.every((key) => set.has(key))).toBe(true);
      expect(others.filter((key) => !given.includes(key)).some((key) => set.has(key))).toBe(false);
      expect(set.size).toBe(given.length);
    }),
  );
});

test('comes back from its snapshot the same, whatever the order of what it was given', () => {
  fc.assert(
    fc.property(keys, (given) => {
      const [set, reverse, copy] = [new KeySet(100, 'filter'), new KeySet(1_000, 'filter'), new KeySet(1_000, 'filter')];
      for (const key of given) set.add(key);
      for (const key of given.toReversed()) reverse.add(key);
      copy.restore(JSON.parse(JSON.stringify(reverse.snapshot())));
      expect(copy.snapshot()).toEqual(reverse.snapshot());
      expect(given.every((key) => set.has(key) && copy.has(key))).toBe(true);
    }),
  );
});

test('under the filter it forgets nothing, and takes about one unknown key in a hundred for known', () => {
  const set = new KeySet(1_000, 'filter');
  for (let key = 1; key <= 41_000; key++) set.add(Math.imul(key, 2_654_435_761) >>> 0);
  for (let key = 1; key <= 41_000; key++) expect(set.has(Math.imul(key, 2_654_435_761) >>> 0)).toBe(true);
  let wrong = 0;
  for (let key = 1; key <= 20_000; key++) if (set.has(Math.imul(key + 1_000_000, 2_654_435_761) >>> 0)) wrong++;
  expect(wrong / 20_000).toBeLessThan(0.03);
  expect(JSON.stringify(set.snapshot()).length).toBeLessThan(80_000);
});

test('one that forgets begins afresh when it is full', () => {
  const set = new KeySet(10, 'forget');
  for (let key = 1; key <= 11; key++) set.add(key);
  expect([set.size, set.has(1), set.has(11)]).toEqual([1, false, true]);
});
