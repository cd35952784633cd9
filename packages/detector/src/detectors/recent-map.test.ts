import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('what is empty has nothing, and may be asked and told to forget', () => {
  const map = new RecentMap<string, number>(3);
  map.delete('a');
  expect([map.size, map.get('a'), map.has('a'), [...map.values()], map.entries()]).toEqual([0, undefined, false, [], []]);
});

test('it holds what was put last, each key once, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer())), fc.integer({ min: 1, max: 6 }), (puts, most) => {
      const map = new RecentMap<number, number>(most);
      const expected = new Map<number, number>();
      for (const [key, value] of puts) {
        map.put(key, value);
        expected.delete(key);
        expected.set(key, value);
      }
      expect(map.entries()).toEqual([...expected].slice(-most));
    }),
  );
});

test('what was replaced holds the new entries alone', () => {
  const map = new RecentMap<string, number>(2);
  map.put('a', 1);
  map.replace([
    ['b', 2],
    ['c', 3],
  ]);
  expect(map.entries()).toEqual([
    ['b', 2],
    ['c', 3],
  ]);
  map.replace([]);
  expect(map.size).toBe(0);
});
