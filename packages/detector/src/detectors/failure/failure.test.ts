import { expect, test } from 'vitest';
import { taskEnd } from '../../testing/attack-streams.test-support.ts';
import { hold } from '../../testing/records.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { failureDetector } from './failure.ts';

const ends = (statuses: readonly ('ok' | 'error' | 'blocked')[], from = 0) => statuses.map((status, i) => taskEnd(from + i + 1, status));

test('the third failure in a row is a warning, the tenth critical', () => {
  const found = marks(play(createWatched(failureDetector), ends(Array(10).fill('error'))));
  expect([found[0], found.at(-1), found.length]).toEqual(['3:same_task:warning', '10:same_task:critical', 8]);
});

test('one success ends the streak; a refusal neither ends nor lengthens it', () => {
  expect(play(createWatched(failureDetector), ends(['error', 'error', 'ok', 'error', 'error']))).toEqual([]);
  expect(marks(play(createWatched(failureDetector), ends(['error', 'error', 'blocked', 'error'])))).toEqual(['4:same_task:warning']);
});

test('says how it went before and since when', () => {
  const [alarm] = play(createWatched(failureDetector), ends(['ok', 'ok', 'error', 'error', 'error']));
  expect(alarm?.finding.explanation).toMatch(
    /^Task refund of agent agent-1 has failed 3 times in a row since \d\d:\d\d:\d\d UTC \(newest error: Timeout\); of the 2 before, 2 went well\.$/,
  );
});

test('tasks are counted apart, and a lifted hold starts the count again', () => {
  const other = { ...taskEnd(9, 'error'), taskName: 'other' };
  expect(play(createWatched(failureDetector), [...ends(['error', 'error']), other])).toEqual([]);
  expect(play(createWatched(failureDetector), [...ends(['error', 'error']), hold('released', 3), taskEnd(4, 'error')])).toEqual([]);
  const again = [...ends(['error', 'error']), hold('released', 3), ...ends(['error', 'error', 'error'], 3)];
  const [alarm] = play(createWatched(failureDetector), again);
  expect(alarm?.finding.decisionIds).toEqual(ends(['error', 'error', 'error'], 3).map(({ id }) => id));
});
