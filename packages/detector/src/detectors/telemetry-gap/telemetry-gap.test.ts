import { decision } from '@belay/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heartbeat } from '../../testing/records.test-support.ts';
import { createWatched, play } from '../../testing/watch.test-support.ts';
import { telemetryGapDetector } from './telemetry-gap.ts';

const arrived = (...seqs: number[]) => seqs.map((n) => decision({ n, seq: n, runId: 'run-1' }));
const facts = (records: Parameters<typeof play>[1]) =>
  play(createWatched(telemetryGapDetector), records).map(({ finding }) => finding.facts);

test('a number that neither arrived nor is in flight is missing, once', () => {
  expect(facts([...arrived(1, 2, 5), heartbeat(5, 5), heartbeat(5, 65), heartbeat(5, 125)])).toEqual([
    { first_missing: 3, last_missing: 4, missing: 2, last_started: 5 },
  ]);
});

test('what is in flight, and what arrives within the grace, is not missing', () => {
  expect(facts([...arrived(1, 2), heartbeat(4, 5, { inFlightSeqs: [3] }), ...arrived(4), heartbeat(5, 65)])).toEqual([]);
});

test('what was in flight and never ends is missing by a later claim', () => {
  const records = [...arrived(1), heartbeat(2, 5, { inFlightSeqs: [2] }), ...arrived(3), heartbeat(3, 65), heartbeat(3, 125)];
  expect(facts(records)).toEqual([{ first_missing: 2, last_missing: 2, missing: 1, last_started: 3 }]);
});

test('the last claim of a run that has ended is judged by the heartbeats of the next', () => {
  const records = [...arrived(1), heartbeat(3, 5, { state: 'ended' }), heartbeat(0, 65, { runId: 'run-2' })];
  expect(facts(records)).toEqual([{ first_missing: 2, last_missing: 3, missing: 2, last_started: 3 }]);
});

test('a run that goes on is followed however many short ones come and go', () => {
  const others = Array.from({ length: 40 }, (_, n) => [heartbeat(0, 10 + n, { runId: `short-${n}` }), heartbeat(1, 10 + n)]).flat();
  expect(facts([...arrived(1), heartbeat(1, 5), ...others, heartbeat(3, 65), heartbeat(3, 125)])).toEqual([
    { first_missing: 2, last_missing: 3, missing: 2, last_started: 3 },
  ]);
});

test('spans that the agent says it dropped are told once', () => {
  expect(facts([heartbeat(0, 1), heartbeat(0, 61, { droppedSpans: 3 }), heartbeat(0, 121, { droppedSpans: 3 })])).toEqual([
    { dropped: 3, dropped_in_all: 3 },
  ]);
});

test('decisions in any order and with repeats leave no gap', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        Array.from({ length: 30 }, (_, i) => i + 1),
        { minLength: 30 },
      ),
      (order) => {
        const first = decision({ n: 1, seq: 1, runId: 'run-1' });
        expect(facts([first, ...arrived(...order, ...order.slice(0, 5)), heartbeat(30, 5), heartbeat(30, 65)])).toEqual([]);
      },
    ),
  );
});
