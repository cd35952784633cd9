import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cut, type KeyedLimits, KeyedState } from './keyed-state.ts';

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

test('a cut holds what was used since the last one, packed or not, and what was forgotten as undefined', () => {
  const state = counters({ hot: 1, packed: 1 });
  state.use('a').count = 1;
  state.use('b').count = 2;
  expect(text(state)).toEqual({ a: '1', b: '2' });
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

test('a cut keeps the moment, however the state is used, packed or forgotten while the cut is packed', () => {
  const keys = fc.array(fc.nat(9).map(String), { maxLength: 40 });
  const limits = fc.record({ hot: fc.integer({ min: 1, max: 4 }), packed: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(keys, keys, limits, (before, after, bounds) => {
      const [state, twin] = [counters(bounds), counters(bounds)];
      for (const key of before) state.use(key).count = twin.use(key).count += 1;
      const cut = state.cut();
      for (const key of after) {
        cut.pack(1);
        state.use(key).count += 1;
      }
      expect(textOf(cut)).toEqual(text(twin));
    }),
  );
});

test('what a cut that was given up held is in the next one, as it is then', () => {
  const state = counters({ hot: 5, packed: 5 });
  for (const key of ['a', 'b']) state.use(key).count = 1;
  const cut = state.cut();
  cut.pack(1);
  state.use('b').count = 2;
  state.use('c').count = 3;
  cut.revert();
  expect(text(state)).toEqual({ a: '1', b: '2', c: '3' });
});

test('a cut is packed in the slices that were asked for', () => {
  const state = counters({ hot: 5, packed: 5 });
  for (const key of ['a', 'b', 'c']) state.use(key);
  const cut = state.cut();
  expect([cut.pack(2), cut.pack(2)]).toEqual([false, true]);
});

const text = (state: KeyedState<{ count: number }>) => textOf(state.cut());
const textOf = (cut: Cut) =>
  Object.fromEntries(cut.changes().map(({ key, value }) => [key, value === undefined ? undefined : new TextDecoder().decode(value)]));
