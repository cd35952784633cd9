import { expect, test } from 'vitest';
import { denied } from '../../testing/attack-streams.test-support.ts';
import { hold } from '../../testing/records.test-support.ts';
import { call } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { denialBurstDetector } from './denial-burst.ts';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const found = (records: Parameters<typeof play>[1], config = {}) => marks(play(createWatched(denialBurstDetector, config), records));

test('the same call refused five times within a minute is a burst', () => {
  expect(found(times(5, (n) => denied(n, 'a')))).toEqual(['5:burst:warning']);
});

test('four different calls refused are probing, at the fifth refusal that makes it a quarter of what it does', () => {
  expect(found(times(5, (n) => denied(n, `a-${n}`)))).toEqual(['5:probing:warning']);
});

test('refusals further apart than the window are none of the two', () => {
  expect(found(times(9, (n) => denied(n * 100, 'a')))).toEqual([]);
});

test('a busy agent that is refused now and then is only busy', () => {
  expect(found(times(60, (n) => (n % 6 === 0 ? denied(n, `a-${n}`) : call(n, `b-${n}`, 'r'))))).toEqual([]);
});

test("a refusal because of a hold is Belay's own, and a lifted hold forgives what was before", () => {
  expect(found(times(9, (n) => ({ ...denied(n, `a-${n}`), control: { commandId: 'c' } })))).toEqual([]);
  expect(found([...times(4, (n) => denied(n, `a-${n}`)), hold('released', 4), denied(5, 'a-5')])).toEqual([]);
});
