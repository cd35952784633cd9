import { expect, test } from 'vitest';
import { CheckpointCadence } from './checkpoint-cadence.ts';

const S = 1_000_000;
const cadence = (): CheckpointCadence => new CheckpointCadence({ checkpointSeconds: 5, checkpointRecords: 1_000 });
/** The first of these seconds at which a checkpoint is due. */
const dueAfter = (one: CheckpointCadence, records: number): number => {
  for (let seconds = 0; seconds <= 60; seconds += 0.5) if (one.isDue(seconds * S, records)) return seconds;
  return Number.POSITIVE_INFINITY;
};

test('a checkpoint is due by time, and by records not more often than once a second', () => {
  expect([dueAfter(cadence(), 1), dueAfter(cadence(), 999), dueAfter(cadence(), 1_000)]).toEqual([5, 5, 1]);
});

test('one that took long is followed by a rest of nineteen times as long, whatever has been judged meanwhile', () => {
  const one = cadence();
  one.took(0.5 * S);
  expect([dueAfter(one, 1), dueAfter(one, 1e9)]).toEqual([9.5, 9.5]);
  one.took(0.1 * S);
  expect([dueAfter(one, 1), dueAfter(one, 1e9)]).toEqual([5, 2]);
});

test('none is put off for longer than six times the cadence', () => {
  const one = cadence();
  one.took(100 * S);
  expect([dueAfter(one, 1), dueAfter(one, 1e9)]).toEqual([30, 30]);
});
