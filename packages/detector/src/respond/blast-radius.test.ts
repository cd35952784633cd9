import { expect, test } from 'vitest';
import { BlastRadius } from './blast-radius.ts';

const WINDOW_US = 600_000_000;

test.each([
  [1, 3],
  [30, 3],
  [40, 4],
  [1_000, 100],
])('of %i known agents %i may be held within the window, not one more', (known, allowed) => {
  const radius = new BlastRadius(WINDOW_US);
  for (let i = 0; i < allowed; i++) {
    expect(radius.isOpenFor(`agent-${i}`, known, i)).toBe(false);
    radius.hold(`agent-${i}`, i);
  }
  expect(radius.isOpenFor('one-more', known, allowed)).toBe(true);
});

test('an agent that is held already may be held again', () => {
  const radius = new BlastRadius(WINDOW_US);
  for (const agent of ['a', 'b', 'c']) radius.hold(agent, 0);
  expect(radius.isOpenFor('b', 10, 1)).toBe(false);
});

test('holds leave the count when the window has passed them', () => {
  const radius = new BlastRadius(WINDOW_US);
  for (const agent of ['a', 'b', 'c']) radius.hold(agent, 0);
  expect(radius.isOpenFor('d', 10, WINDOW_US)).toBe(true);
  expect(radius.isOpenFor('d', 10, WINDOW_US + 1)).toBe(false);
});

test('a restored radius counts what the original counted', () => {
  const radius = new BlastRadius(WINDOW_US);
  for (const agent of ['a', 'b', 'c']) radius.hold(agent, 0);
  const copy = new BlastRadius(WINDOW_US);
  copy.restore(radius.snapshot());
  expect(copy.isOpenFor('d', 10, 1)).toBe(true);
});
