import { expect, it } from 'vitest';
import type { LaneState } from './availability.ts';
import { drainLanes } from './drain.ts';

const RUNNING: LaneState = { state: 'running' };
const WAITING: LaneState = { state: 'waiting', sinceUs: 0, failures: 1, reason: 'away' };
const STOPPED: LaneState = { state: 'stopped', sinceUs: 0, reason: 'a flood' };

/** A lane that answers each question with the next of `lags`, then with the last for ever. */
function lane(lags: readonly number[], state: LaneState = RUNNING) {
  let asked = 0;
  return { state: () => state, lag: async () => lags[Math.min(asked++, lags.length - 1)] ?? 0 };
}

it('waits for every lane, and answers that nothing is left', async () => {
  expect(await drainLanes([lane([0]), lane([3, 2, 0]), lane([1, 0])], 10_000)).toBe(0);
});

it('does not wait for a lane that cannot store, and answers what it leaves', async () => {
  expect(await drainLanes([lane([4], WAITING), lane([5, 0]), lane([7], STOPPED)], 10_000)).toBe(11);
});

it('asks a log again that did not answer', async () => {
  expect(await drainLanes([lane([Number.NaN, 2, 0])], 10_000)).toBe(0);
});

it.each([
  ['does not come to its end', lane([6]), 6],
  ['is on a log that does not answer', lane([Number.NaN]), undefined],
  ['is on a log that keeps its answer', { state: () => RUNNING, lag: () => new Promise<number>(() => undefined) }, undefined],
])('waits at most the given time for a lane that %s', async (_what, stuck, left) => {
  expect(await drainLanes([stuck], 30)).toBe(left);
});
