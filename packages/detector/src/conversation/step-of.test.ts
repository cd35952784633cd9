import { type ConversationStep, type DecisionEvent, decodeConversationStep } from '@belay/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { acts, hands, inShort, pingPong, treeAnomalies } from '../testing/trees.test-support.ts';

function stepsOf(...events: readonly DecisionEvent[]): readonly ConversationStep[] {
  const pipeline = new Pipeline(defaultDetectorConfig());
  for (const event of events) pipeline.push(event, event.receivedUs);
  return pipeline.takeSteps();
}

test('whatever an agent reports becomes a step that can be read back: no agent can poison the topic of conversations', () => {
  const hostile = fc.record({
    startUs: fc.integer({ min: -8.64e15, max: 8.64e15 }),
    durationUs: fc.nat(Number.MAX_SAFE_INTEGER),
    receivedUs: fc.integer({ min: -8.64e15, max: 8.64e15 }),
    costNanoUsd: fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    sessionId: fc.string({ maxLength: 256, unit: 'binary' }),
    rootSessionId: fc.string({ maxLength: 256, unit: 'binary' }),
    to: fc.string({ maxLength: 500, unit: 'binary' }),
  });
  fc.assert(
    fc.property(hostile, ({ to, ...fields }) => {
      for (const step of stepsOf(hands('a', 's', to, { digest: 'd' }, fields))) {
        expect(decodeConversationStep(JSON.stringify(step))).toHaveProperty('value');
        expect(step.peer).not.toBe('');
      }
    }),
  );
});

test('a hand-over that Belay refused has reached nobody: attempts against a hold are no loop', () => {
  const blocked = hands('planner', 'root', 'reviewer', { digest: 'd' }, { outcome: { status: 'blocked' } });
  expect(stepsOf(hands('planner', 'root', 'reviewer', { digest: 'd' }), blocked).map(({ peer }) => peer)).toEqual(['reviewer', undefined]);
});

test('an agent whose clock is ahead moves no other agent of its tree into the future', () => {
  const [step] = stepsOf(hands('a', 'root', 'b', { digest: 'd' }, { startUs: 8e15, receivedUs: 1e15 }));
  expect([step?.startUs, step?.endUs]).toEqual([1e15, 1e15]);
});

test('a declared poll repeats itself on purpose', () => {
  const polls = pingPong(12).map((event) =>
    event.call === undefined ? event : { ...event, call: { ...event.call, poll: true } },
  ) as DecisionEvent[];
  expect(treeAnomalies(polls)).toEqual([]);
});

test('an agent that gives all its decisions the same number hides no hand-over', () => {
  expect(treeAnomalies(pingPong(4).map((event) => ({ ...event, seq: 1 }))).map(inShort)).toHaveLength(2);
});

test('an agent that claims the run of another hides none of its hand-overs', () => {
  const events = pingPong(4).map((event, i) => ({ ...event, runId: 'same', seq: i >> 1 }));
  expect(treeAnomalies(events)).toHaveLength(2);
});

test('agents may be named by their names as well as by their ids', () => {
  const named = pingPong(4).map((event) => ({ ...event, agent: { id: `${event.agent.id}-7f3a`, name: event.agent.id } }));
  expect(treeAnomalies(named).map(inShort)).toEqual(['cycle warning pause planner-7f3a/root', 'cycle warning pause reviewer-7f3a/review']);
});

test('the end of a session of a tree is part of it; what a lone agent ends is not', () => {
  const end = acts('worker', 'w', { kind: 'session_end', call: undefined });
  expect(stepsOf(end, acts('loner', 'root', { kind: 'session_end', call: undefined })).map(({ kind }) => kind)).toEqual(['session_end']);
});

test('hand-overs that wait for their answer count when they are announced, and not again when they return, the innermost first', () => {
  const rounds = Array.from({ length: 8 }, (_, i) => {
    const [from, to] = i % 2 === 0 ? (['planner', 'reviewer'] as const) : (['reviewer', 'planner'] as const);
    const action = hands(from, i === 0 ? 'root' : `s-${i}`, to, { digest: `to-${to}` }, { seq: i, runId: `run-${from}` });
    return { action, proposal: { ...action, id: action.id.replace(/^./, 'f'), kind: 'proposal' as const } };
  });
  const announced = rounds.map(({ proposal }) => proposal);
  const returned = rounds.map(({ action }) => action).toReversed();
  const found = treeAnomalies([...announced, ...returned]);
  expect(found.filter(({ rule }) => rule === 'cycle').length).toBeGreaterThan(1);
  expect(found.at(-1)?.triggerDecisionId).toMatch(/^f/);
  expect(found.at(-1)?.evidence.facts).toMatchObject({ repeats: 4, handovers: 7 });
});
