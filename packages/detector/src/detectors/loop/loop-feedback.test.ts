import type { DecisionEvent, InputRecord } from '@belay/protocol';
import { modelCall } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { call, failure } from '../../testing/streams.test-support.ts';
import { type Alarm, createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { loopDetector } from './loop.ts';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const watch = (records: readonly (DecisionEvent | InputRecord)[]): Alarm[] => play(createWatched(loopDetector), records);
type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** What a person says about the last alarm of `events`. */
function feedback(events: readonly DecisionEvent[], change: Partial<Feedback> = {}): Feedback {
  const finding = watch(events).at(-1)?.finding;
  if (finding === undefined) throw new Error('nothing to judge');
  return {
    v: 1,
    record: 'feedback',
    id: 'f',
    tenant: 'acme',
    agentId: 'agent-1',
    anomalyId: 'a-1',
    detector: 'loop',
    rule: finding.rule,
    cause: finding.cause,
    verdict: 'expected',
    change: 'given',
    atUs: 0,
    ...change,
  };
}

const loop = times(4, (n) => call(n, 'status', 'pending'));
/** The same in another session: what a person allowed is of the agent. */
const again = (count: number) => times(count, (n) => call(100 + n, 'status', 'pending', { sessionId: 'other' }));
const heard = (...records: (DecisionEvent | InputRecord)[]) => marks(watch([...loop, ...records])).slice(2);

describe('a call that a person allows to repeat', () => {
  test.each(['expected', 'false_positive'] as const)('%s: it may, up to the absolute cap', (verdict) => {
    expect(heard(feedback(loop, { verdict }), ...again(49))).toEqual([]);
    expect(heard(feedback(loop, { verdict }), ...again(50))).toEqual(['55:L0:critical']);
  });

  test('a true positive allows nothing, and taken back is taken back', () => {
    expect(heard(feedback(loop, { verdict: 'true_positive' }), ...again(4)).at(-1)).toBe('9:L1:warning');
    expect(heard(feedback(loop), feedback(loop, { change: 'withdrawn' }), ...again(4)).at(-1)).toBe('10:L1:warning');
  });

  test('other calls are loops as before', () => {
    expect(heard(feedback(loop), ...times(4, (n) => call(100 + n, 'another', 'pending'))).at(-1)).toBe('9:L1:warning');
  });

  test('of a round every call is allowed', () => {
    const round = (from: number) => times(6, (n) => call(from + n, `step-${n % 2}`, 'r'));
    expect(marks(watch([...round(0), feedback(round(0)), ...round(10), ...round(20), ...round(30)]))).toEqual(['6:L3:warning']);
  });

  test('of one tool that fails whatever its arguments, the failures of that tool are', () => {
    const failing = (from: number, name: string) => times(4, (n) => failure(from + n, `try-${from + n}`, 'not found', { call: { name } }));
    const first = failing(0, 'lookup');
    expect(marks(watch([...first, feedback(first), ...failing(10, 'lookup')]))).toHaveLength(2);
    expect(marks(watch([...first, feedback(first), ...failing(10, 'search')]))).toHaveLength(4);
  });

  test('is remembered by a snapshot, and at most 64 of them', () => {
    const detector = createWatched(loopDetector);
    play(detector, [...loop, feedback(loop)]);
    const copy = createWatched(loopDetector);
    copy.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    expect(play(copy, again(8))).toEqual([]);
    const many = times(200, (n) => times(4, (i) => call(10 * n + i, `c${n}`, 'r', { sessionId: `s${n}` })));
    const flooded = createWatched(loopDetector);
    for (const events of many) play(flooded, [...events, feedback(events, { anomalyId: `a-${events[0]?.id}` })]);
    expect(
      play(
        flooded,
        times(4, (n) => call(9_000 + n, 'c1', 'r', { sessionId: 'late' })),
      ).length,
    ).toBeGreaterThan(0);
    expect(
      play(
        flooded,
        times(4, (n) => call(9_100 + n, 'c200', 'r', { sessionId: 'later' })),
      ),
    ).toEqual([]);
  });
});

describe('the sentence of a loop', () => {
  const sentence = (events: readonly DecisionEvent[]) => watch(events).at(-1)?.finding.explanation;

  test('says what repeats, how often, since when and at what cost', () => {
    const priced = loop.flatMap((event, i) => [event, modelCall({ n: 50 + i, startUs: event.startUs + 500_000, costNanoUsd: 20_000_000 })]);
    expect(sentence(priced)).toBe(
      'Agent agent-1 repeats the same call with the same result 4 times in a row (newest: search), since 08:00:00 UTC, 0.0600 USD since then. It makes no progress.',
    );
  });

  test('names the error of a call that keeps failing', () => {
    expect(sentence(times(4, (n) => failure(n, 'a', `e${n}`)))).toBe(
      'Agent agent-1 repeats the same call, failing each time, 4 times in a row (newest: search, ToolError of class tool), since 08:00:00 UTC. It makes no progress.',
    );
  });

  test('is bounded, whatever the agent calls itself and its tools', () => {
    const long = times(4, (n) => failure(n, 'a', 'e', { call: { name: 'x'.repeat(256) }, outcome: { errorType: 'y'.repeat(256) } }));
    expect(sentence(long)?.length).toBeLessThan(600);
  });
});
