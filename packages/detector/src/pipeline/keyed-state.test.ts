import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeyedLimits, KeyedState } from './keyed-state.ts';

const encoder = new TextEncoder();
const counters = (limits: KeyedLimits) =>
  new KeyedState<{ count: number }>(
    {
      create: () => ({ count: 0 }),
      pack: ({ count }) => encoder.encode(String(count)),
      unpack: (_key, bytes) => ({ count: Number(new TextDecoder().decode(bytes)) }),
    },
    limits,
  );

test('values pushed out of the hot room come back exactly as they were', () => {
  const keys = fc.array(fc.integer({ min: 0, max: 20 }).map(String), { maxLength: 200 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 10 }), (used, hot) => {
      const state = counters({ hot, packed: 100 });
      const expected = new Map<string, number>();
      for (const key of used) {
        expected.set(key, (expected.get(key) ?? 0) + 1);
        expect(++state.use(key).count).toBe(expected.get(key));
        expect(state.hotSize).toBeLessThanOrEqual(hot);
      }
    }),
  );
});

test('the least recently used is packed first and, beyond the second bound, forgotten', () => {
  const state = counters({ hot: 1, packed: 1 });
  for (const key of ['a', 'b', 'c']) state.use(key).count = 7;
  expect([state.hotSize, state.packedSize]).toEqual([1, 1]);
  expect(state.use('b').count).toBe(7);
  expect(state.use('a').count).toBe(0);
});

test('changes hold what was used since the last settle, packed or not, and what was forgotten as undefined', () => {
  const state = counters({ hot: 1, packed: 1 });
  state.use('a').count = 1;
  state.use('b').count = 2;
  expect(text(state)).toEqual({ a: '1', b: '2' });
  state.settle();
  expect(text(state)).toEqual({});
  state.use('c').count = 3;
  expect(text(state)).toStrictEqual({ a: undefined, c: '3' });
});

test('loaded values are unpacked on their first use and are no change until then', () => {
  const state = counters({ hot: 10, packed: 10 });
  state.load('a', encoder.encode('41'));
  expect([state.hotSize, text(state)]).toEqual([0, {}]);
  expect(state.use('a').count).toBe(41);
});

const text = (state: KeyedState<{ count: number }>) =>
  Object.fromEntries(state.changes().map(({ key, value }) => [key, value === undefined ? undefined : new TextDecoder().decode(value)]));
