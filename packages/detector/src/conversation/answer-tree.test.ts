import type { DecisionEvent, InputRecord } from '@belay/protocol';
import { expect, test } from 'vitest';
import { acts, hands, inShort, pingPong, treeAnomalies } from '../testing/trees.test-support.ts';

const about = (agentId: string, stream: readonly DecisionEvent[]) => ({
  v: 1 as const,
  id: `record-${agentId}`,
  tenant: 'acme',
  agentId,
  atUs: (stream.at(-1)?.receivedUs ?? 0) + 1,
});
const released = (agentId: string, stream: readonly DecisionEvent[]): InputRecord =>
  ({ ...about(agentId, stream), record: 'hold', holdId: 'h', scope: 'session', change: 'released', action: 'pause' }) as InputRecord;
const feedback = (
  agentId: string,
  cause: string,
  stream: readonly DecisionEvent[],
  change: 'given' | 'withdrawn' = 'given',
): InputRecord => ({
  ...about(agentId, stream),
  record: 'feedback',
  anomalyId: 'a',
  detector: 'conversation_loop',
  rule: 'cycle',
  cause,
  verdict: 'expected',
  change,
});
const mode = (setting: 'shadow' | 'enforce' | 'default', stream: readonly DecisionEvent[], agentId?: string): InputRecord => {
  const { agentId: _, ...rest } = about('any', stream);
  return {
    ...rest,
    record: 'mode',
    detector: 'conversation_loop',
    mode: setting,
    ...(agentId === undefined ? {} : { agentId }),
  } as InputRecord;
};

test('a loop that goes on after its pause was lifted takes as many hand-overs again, and is paused again', () => {
  const first = pingPong(4);
  const stream = [...first, released('planner', first), released('reviewer', first), ...pingPong(4)];
  expect(treeAnomalies(stream).map(inShort)).toEqual([
    'cycle warning pause planner/root',
    'cycle warning pause reviewer/review',
    'cycle warning pause reviewer/review',
    'cycle warning pause planner/root',
  ]);
  const third = [...stream, ...[released('planner', pingPong(1))], ...pingPong(4)];
  expect(treeAnomalies(third).at(-1)?.severity).toBe('critical');
});

test('a loop that nobody stopped is told in full once, then sparsely, then as critical', () => {
  const found = treeAnomalies(pingPong(12), { modes: [{ detector: 'conversation_loop', mode: 'warn' }] });
  expect(found.map(inShort)).toEqual([
    'cycle warning notify planner/root',
    'cycle warning notify reviewer/review',
    'cycle warning none reviewer/review',
    'cycle warning none planner/root',
    'cycle critical notify planner/root',
    'cycle critical notify reviewer/review',
  ]);
  expect(new Set(found.slice(1).map(({ groupId }) => groupId))).toEqual(new Set([found[0]?.id]));
});

test('after a promotion the next round of an open loop pauses all of the tree, once', () => {
  const first = pingPong(6);
  const warned = { modes: [{ detector: 'conversation_loop', mode: 'warn' }] };
  const found = treeAnomalies([...first, mode('enforce', first), ...pingPong(1)], warned);
  const pauses = found
    .filter(({ response }) => response === 'pause')
    .map(inShort)
    .toSorted();
  expect(pauses).toEqual(['cycle warning pause planner/root', 'cycle warning pause reviewer/review']);
});

test('a member that is raised to enforce while another is there already is answered at its next repeat, and the other is left as it is', () => {
  const modes = [
    { detector: 'conversation_loop', agent: 'planner', mode: 'enforce' },
    { detector: 'conversation_loop', mode: 'warn' },
  ];
  const first = pingPong(6);
  const promoted = [...first, mode('enforce', first, 'reviewer')];
  const answered = (stream: Parameters<typeof treeAnomalies>[0]) =>
    treeAnomalies(stream, { modes }).filter(({ response }) => response !== 'none');
  const before = ['cycle warning notify reviewer/review', 'cycle warning pause planner/root'];
  expect(answered(first).map(inShort).toSorted()).toEqual(before);
  const after = answered([...promoted, ...pingPong(2)]);
  expect(after.map(inShort).slice(2)).toEqual(['cycle warning pause reviewer/review']);
  expect(after[2]?.groupId).toBe(after[0]?.id);
});

test('what a person expects of one agent is expected of the tree, until it is taken back', () => {
  const first = pingPong(4);
  const cause = treeAnomalies(first)[1]?.cause ?? '';
  expect(cause).toBe('cycle|planner>reviewer');
  const accepted = [...first, released('planner', first), feedback('reviewer', cause, first), ...pingPong(4)];
  expect(treeAnomalies(accepted).slice(2).map(inShort)).toEqual(['cycle warning none reviewer/review', 'cycle warning none planner/root']);
  const end = pingPong(1);
  const again = [...accepted, feedback('reviewer', cause, end, 'withdrawn'), released('planner', end), ...pingPong(4)];
  expect(treeAnomalies(again).slice(4).map(inShort)[0]).toMatch(/^cycle critical pause/);
});

test('what is expected between two agents is not expected between others', () => {
  const first = pingPong(1);
  const stream = [...first, feedback('reviewer', 'cycle|editor>reviewer', first), ...pingPong(4)];
  expect(treeAnomalies(stream)[0]?.response).toBe('pause');
});

test('the mode that an operator set counts from the next step of each agent on, and can be taken back', () => {
  const first = pingPong(1);
  const braked = [...first, mode('shadow', first), ...pingPong(3)];
  expect(treeAnomalies(braked).map(({ mode: of, response }) => [of, response])).toEqual([
    ['shadow', 'none'],
    ['shadow', 'none'],
  ]);
  const back = [...first, mode('shadow', first), mode('default', first), ...pingPong(3)];
  expect(treeAnomalies(back).map(({ response }) => response)).toEqual(['pause', 'pause']);
});

test('the configuration may set a mode per rule: as shipped, the absolute caps pause and the rest is recorded', () => {
  const shipped = { modes: [{ detector: '*', rule: 'cap_*', mode: 'enforce' }] };
  expect(treeAnomalies(pingPong(4), shipped).map(({ response }) => response)).toEqual(['none', 'none']);
  const dear = [hands('boss', 'root', 'worker', { digest: 'd' }), acts('worker', 'w', { costNanoUsd: 300_000_000_000 })];
  expect(treeAnomalies(dear, shipped).map(inShort)).toEqual(['cap_spend critical pause worker/w', 'cap_spend critical pause boss/root']);
});

test('a session that joins a tree after it was paused is paused when it acts', () => {
  const stream = [
    hands('boss', 'root', 'worker', { digest: 'd' }),
    acts('worker', 'w-1', { costNanoUsd: 300_000_000_000 }),
    acts('worker', 'w-2', { costNanoUsd: 1 }),
    acts('worker', 'w-2', { costNanoUsd: 1 }),
    acts('worker', 'w-2', { costNanoUsd: 1 }),
  ];
  const found = treeAnomalies(stream);
  expect(found.map(inShort).filter((text) => text.includes('pause'))).toEqual([
    'cap_spend critical pause worker/w-1',
    'cap_spend critical pause boss/root',
    'cap_spend critical pause worker/w-2',
  ]);
  expect(found.at(-1)?.groupId).toBe(found[0]?.id);
});

test('sessions that ended are left alone, but for those of the agents that keep each other busy', () => {
  const ended = acts('helper', 'h', { kind: 'session_end', call: undefined });
  const stream = [hands('planner', 'root', 'helper', { digest: 'x' }), acts('helper', 'h'), ended];
  const later = pingPong(8, (round) => ({ digest: `draft-${round}` }));
  const agents = treeAnomalies([...stream, ...later, ...pingPong(4)]).map(({ agentId }) => agentId);
  expect(agents).toEqual(['planner', 'reviewer']);
  const reopened = pingPong(4).flatMap((event) =>
    event.sessionId === 'review' && event.kind === 'agent'
      ? [event, acts('reviewer', 'review', { kind: 'session_end', call: undefined })]
      : [event],
  );
  expect(treeAnomalies(reopened).map(inShort)).toEqual(['cycle warning pause planner/root', 'cycle warning pause reviewer/review']);
});

test('what the configuration accepts of an agent is recorded for it alone', () => {
  const accepted = [{ detector: 'conversation_loop', agent: 'reviewer' }];
  expect(treeAnomalies(pingPong(4), { accepted }).map(({ response }) => response)).toEqual(['pause', 'none']);
});
