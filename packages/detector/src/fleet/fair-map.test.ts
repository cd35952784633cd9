import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairMap } from './fair-map.ts';

const keys = (tenant: string, count: number) => Array.from({ length: count }, (_, n) => `${tenant}|name-${n}`);

test('a tenant that makes up names loses its own, the least recently used first, and no other tenant loses any', () => {
  const map = new FairMap<number>(10);
  for (const key of keys('quiet', 3)) expect(map.put(key, 1)).toBeUndefined();
  const forgotten = keys('loud', 20).map((key) => map.put(key, 2));
  expect(forgotten.filter((key) => key !== undefined)).toEqual(keys('loud', 13));
  expect(keys('quiet', 3).map((key) => map.get(key))).toEqual([1, 1, 1]);
});

test('a tenant alone has all the room, and what it used again is not the one it loses', () => {
  const map = new FairMap<number>(3);
  for (const key of keys('a', 3)) map.put(key, 1);
  map.put('a|name-0', 2);
  expect(map.put('a|one more', 1)).toBe('a|name-1');
  expect([map.size, map.get('a|name-0')]).toEqual([3, 2]);
});

test('tenants whose names begin alike are apart', () => {
  const map = new FairMap<number>(2);
  map.put('ab|x', 1);
  map.put('a|x', 1);
  expect(map.put('a|y', 1)).toBe('a|x');
});

test('whatever is put, it holds no more than it may, and nobody within an equal part of the room loses anything', () => {
  const puts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 15 })), { maxLength: 200 });
  fc.assert(
    fc.property(puts, (list) => {
      const map = new FairMap<number>(9);
      for (const [tenant, n] of list) map.put(`${tenant}|${n}`, n);
      expect(map.size).toBeLessThanOrEqual(9);
      for (const tenant of ['a', 'b', 'c']) {
        const own = new Set(list.filter(([who]) => who === tenant).map(([, n]) => n));
        if (own.size <= 3) for (const n of own) expect(map.get(`${tenant}|${n}`)).toBe(n);
      }
    }),
  );
});

test('what is forgotten is what a tenant with the most has put least recently', () => {
  const puts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 6 })), { maxLength: 300 });
  fc.assert(
    fc.property(puts, (list) => {
      const map = new FairMap<number>(8);
      let kept: string[] = [];
      const of = (tenant: string) => kept.filter((key) => key.startsWith(`${tenant}|`));
      for (const [tenant, n] of list) {
        const put = `${tenant}|${n}`;
        kept = [...kept.filter((key) => key !== put), put];
        const forgotten = map.put(put, n);
        expect(forgotten === undefined).toBe(kept.length <= 8);
        if (forgotten === undefined) continue;
        const own = of(forgotten.slice(0, 1));
        expect(own.length).toBe(Math.max(...['a', 'b', 'c', 'd'].map((each) => of(each).length)));
        expect(forgotten).toBe(own[0]);
        kept = kept.filter((key) => key !== forgotten);
      }
      expect(kept.map((key) => map.get(key)).every((value) => value !== undefined)).toBe(true);
    }),
  );
});
