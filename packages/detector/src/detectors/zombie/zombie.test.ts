import { decision, MANUAL_CLOCK_START_US } from '@belay/testkit';
import { expect, test } from 'vitest';
import { ack, heartbeat, hold } from '../../testing/records.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { zombieDetector } from './zombie.ts';

const acts = (seq: number, second: number, more = {}) =>
  decision({ n: seq, seq, runId: 'run-1', sessionId: 's-1', receivedUs: MANUAL_CLOCK_START_US + second * 1e6, ...more });
const found = (records: Parameters<typeof play>[1]) => marks(play(createWatched(zombieDetector), records));

test('acting after the acknowledgement is critical, told when a release can no longer be on its way', () => {
  expect(found([hold('placed', 1), ack(7, 2), acts(8, 3), acts(9, 4), heartbeat(9, 9)])).toEqual([
    '5:acted_on:critical',
    '5:acted_on:critical',
  ]);
});

test('late spans of what started before are not disobedience', () => {
  expect(found([hold('placed', 1), ack(7, 2), acts(6, 3), acts(7, 4), heartbeat(7, 60)])).toEqual([]);
});

test('before it has acknowledged, an agent may still be acting', () => {
  expect(found([hold('placed', 1), acts(8, 3), heartbeat(8, 60)])).toEqual([]);
  expect(found([ack(3, 0, { epoch: 0 }), hold('placed', 1), acts(8, 3), heartbeat(8, 60)])).toEqual([]);
});

test('a release that arrives after the action it allowed forgives it', () => {
  expect(found([hold('placed', 1), ack(7, 2), acts(8, 30), hold('released', 30), heartbeat(8, 60)])).toEqual([]);
});

test('refused actions, other sessions and other runs are not covered', () => {
  expect(found([hold('placed', 1), ack(7, 2), acts(8, 3, { outcome: { status: 'blocked' } }), heartbeat(8, 60)])).toEqual([]);
  const session = hold('placed', 1, { scope: 'session', scopeId: 's-1' });
  expect(found([session, ack(7, 2), acts(8, 3, { sessionId: 's-2' }), heartbeat(8, 60)])).toEqual([]);
  expect(found([session, ack(7, 2), acts(8, 3), heartbeat(8, 60)])).toEqual(['4:acted_on:critical']);
});

test('one hold of two released leaves the other in force', () => {
  const both = [hold('placed', 1), hold('placed', 1, { holdId: 'hold-2', epoch: 2 }), ack(7, 2, { epoch: 2 })];
  expect(found([...both, hold('released', 3), acts(8, 4), heartbeat(8, 60)])).toEqual(['6:acted_on:critical']);
});
