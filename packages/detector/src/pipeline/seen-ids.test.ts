import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenIds } from './seen-ids.ts';

test('an id is new once, and known again within the window', () => {
  const seen = new SeenIds(64);
  expect([seen.add('a'), seen.add('a'), seen.add('b'), seen.add('a')]).toEqual([true, false, true, false]);
});

test('a whole export batch sent again is known, id by id', () => {
  const seen = new SeenIds(512);
  const batch = Array.from({ length: 512 }, (_, i) => `trace:${i}`);
  expect(batch.every((id) => seen.add(id))).toBe(true);
  expect(batch.some((id) => seen.add(id))).toBe(false);
});

test('beyond the window the oldest is forgotten, so that memory is bounded', () => {
  const seen = new SeenIds(16);
  for (let i = 0; i < 17; i++) seen.add(`${i}`);
  expect(seen.add('1')).toBe(false);
  expect(seen.add('0')).toBe(true);
  for (let i = 0; i < 10_000; i++) seen.add(`x${i}`);
  expect(seen.snapshot().marks.length).toBeLessThan(16 * 8 * 2);
});

test('a restored window answers like the original', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 60 }).map(String), { maxLength: 120 });
  fc.assert(
    fc.property(ids, ids, (first, second) => {
      const original = new SeenIds(32);
      for (const id of first) original.add(id);
      const copy = new SeenIds(32);
      copy.restore(JSON.parse(JSON.stringify(original.snapshot())));
      for (const id of second) expect(copy.add(id)).toBe(original.add(id));
    }),
  );
});
