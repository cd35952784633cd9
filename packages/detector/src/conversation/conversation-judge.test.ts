import type { Anomaly, DecisionEvent } from '@belay/protocol';
import { createSeededRandom, MANUAL_CLOCK_START_US } from '@belay/testkit';
import { expect, test } from 'vitest';
import { parseDetectorConfig } from '../config.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { TREE_ATTACKS } from '../testing/tree-attacks.test-support.ts';
import { acts, hands, pingPong, treeAnomalies } from '../testing/trees.test-support.ts';
import { ConversationJudge } from './conversation-judge.ts';

function config(own: object = {}) {
  const parsed = parseDetectorConfig({
    modes: [{ detector: 'conversation_loop', mode: 'enforce' }],
    detectors: { conversation_loop: own },
  });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  return parsed.config;
}

/** Decisions through the pipeline of agents, its steps through the judge of trees. */
function run(events: readonly DecisionEvent[], { own = {}, judge = new ConversationJudge(config(own)) } = {}): Anomaly[] {
  const pipeline = new Pipeline(config(own));
  return events.flatMap((event) => {
    pipeline.push(event, event.receivedUs);
    return pipeline.takeSteps().flatMap((step) => judge.push(step, event.receivedUs));
  });
}

const brief = (found: readonly Anomaly[]) =>
  found.map(({ rule, severity, response, agentId, sessionId }) => `${rule} ${severity} ${response} ${agentId}/${sessionId}`);

test('two agents that hand each other the same work are both paused, as one story', () => {
  const found = run(pingPong(4));
  expect(brief(found)).toEqual(['cycle warning pause planner/root', 'cycle warning pause reviewer/review']);
  const [first, second] = found;
  expect(second?.groupId).toBe(first?.id);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  expect(first?.explanation).toMatch(
    /^Agents planner and reviewer hand each other the very same messages again and again: 4 times since \d\d:\d\d:\d\d UTC; the tree of 2 sessions has made 7 hand-overs and spent 0\.06 USD\. Belay pauses this session\./,
  );
});

test('a loop of messages that differ little takes longer to be sure of', () => {
  const random = createSeededRandom(3);
  const nearly = (round: number) => ({
    digest: `draft-${round}`,
    sketch: `00000000000000${(1 << random.integer(0, 3)).toString(16).padStart(2, '0')}`,
  });
  expect(run(pingPong(9, nearly))).toEqual([]);
  expect(brief(run(pingPong(12, nearly)))[0]).toBe('cycle warning pause planner/root');
});

test('drafts that change are progress, however many rounds they take', () => {
  const random = createSeededRandom(5);
  const hex = () => random.integer(0, 0xffffffff).toString(16).padStart(8, '0');
  expect(run(pingPong(40, (round) => ({ digest: `draft-${round}`, sketch: hex() + hex() })))).toEqual([]);
});

test('an orchestrator that gives many workers work, and the same worker the same work, makes no cycle', () => {
  const events = Array.from({ length: 50 }, (_, i) => [
    hands('boss', 'root', `worker-${i % 5}`, { digest: `work-${i % 5}` }),
    acts(`worker-${i % 5}`, `job-${i}`),
  ]).flat();
  expect(run(events)).toEqual([]);
});

test('a proposal and the action it announces are one hand-over, and a repeat is none', () => {
  const doubled = pingPong(3).flatMap((event, i) =>
    event.kind === 'agent'
      ? [
          { ...event, id: event.id.replace(/^./, 'f'), kind: 'proposal' as const, seq: i },
          { ...event, seq: i },
          { ...event, seq: i },
        ]
      : [event],
  );
  expect(run(doubled)).toEqual([]);
});

test('agents that work alone make no steps', () => {
  const pipeline = new Pipeline(config());
  pipeline.push(acts('loner', 'root'), 0);
  expect(pipeline.takeSteps()).toEqual([]);
});

test('what a root does belongs to its tree once it has handed work over', () => {
  const pipeline = new Pipeline(config());
  for (const event of [acts('planner', 'root'), hands('planner', 'root', 'reviewer', { digest: 'a' }), acts('planner', 'root')])
    pipeline.push(event, 0);
  expect(pipeline.takeSteps().map(({ kind, peer }) => [kind, peer])).toEqual([
    ['agent', 'reviewer'],
    ['tool', undefined],
  ]);
});

test('work handed on too often is found at the agent that got it last', () => {
  const chain = Array.from({ length: 13 }, (_, i) => [
    ...(i === 0 ? [] : [acts(`agent-${i}`, `s-${i}`)]),
    hands(`agent-${i}`, i === 0 ? 'root' : `s-${i}`, `agent-${i + 1}`, { digest: `d-${i}` }),
  ]).flat();
  const found = run(chain);
  expect(found[0]).toMatchObject({ rule: 'depth', agentId: 'agent-12', evidence: { facts: { depth: 12 } } });
  expect(new Set(found.map(({ agentId }) => agentId)).size).toBe(13);
});

test('a whole tree has absolute caps of spend and of hand-overs', () => {
  const dear = pingPong(3, (round) => ({ digest: `d-${round}` })).map((event) => ({ ...event, costNanoUsd: 40_000_000_000 }));
  expect(run(dear)[0]).toMatchObject({ rule: 'cap_spend', severity: 'critical', response: 'pause' });
  const busy = Array.from({ length: 610 }, (_, i) =>
    hands('boss', 'root', 'worker', { digest: `d-${i}` }, { startUs: MANUAL_CLOCK_START_US + i * 90_000 }),
  );
  expect(run(busy)[0]).toMatchObject({ rule: 'cap_rate', severity: 'critical' });
});

test('a tree that spends many times what past trees of its workflow did is a warning', () => {
  const tree = (root: string, startUs: number, cost: number) =>
    [hands('boss', root, 'worker', { digest: root }), acts('worker', `w-${root}`, { costNanoUsd: cost })].map((event, i) => ({
      ...event,
      rootSessionId: root,
      startUs: startUs + i * 1e6,
      receivedUs: startUs + (i + 1) * 1e6,
    }));
  const past = Array.from({ length: 25 }, (_, i) => tree(`root-${i}`, MANUAL_CLOCK_START_US + i * 3_600_000_000, 300_000_000)).flat();
  const now = tree('root-now', MANUAL_CLOCK_START_US + 100 * 3_600_000_000, 2_000_000_000);
  expect(run([...past, ...now]).map(({ rule }) => rule)).toEqual(['tree_spend', 'tree_spend']);
  expect(run([...past.slice(0, 20), ...now])).toEqual([]);
});

test('members are answered by their own modes', () => {
  const modes = [
    { detector: 'conversation_loop', agent: 'planner', mode: 'enforce' },
    { detector: 'conversation_loop', mode: 'warn' },
  ];
  const parsed = parseDetectorConfig({ modes });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const pipeline = new Pipeline(parsed.config);
  const judge = new ConversationJudge(parsed.config);
  const found = pingPong(4).flatMap((event) => {
    pipeline.push(event, event.receivedUs);
    return pipeline.takeSteps().flatMap((step) => judge.push(step, event.receivedUs));
  });
  expect(found.slice(0, 2).map(({ agentId, response }) => `${agentId} ${response}`)).toEqual(['planner pause', 'reviewer notify']);
});

test('goes on the same after a restore at any point, and is bounded', () => {
  const events = [...pingPong(6), ...pingPong(3, (round) => ({ digest: `d-${round}` }))];
  const whole = run(events);
  for (let cut = 0; cut <= events.length; cut += 3) {
    const first = new ConversationJudge(config());
    const second = new ConversationJudge(config());
    const pipeline = new Pipeline(config());
    const play = (part: readonly DecisionEvent[], judge: ConversationJudge) =>
      part.flatMap((event) => {
        pipeline.push(event, event.receivedUs);
        return pipeline.takeSteps().flatMap((step) => judge.push(step, event.receivedUs));
      });
    const early = play(events.slice(0, cut), first);
    second.restore(
      new Map(
        first
          .cut()
          .changes()
          .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
      ),
    );
    expect([...early, ...play(events.slice(cut), second)]).toEqual(whole);
  }
  const long = new ConversationJudge(config());
  run(pingPong(3_000), { judge: long });
  const bytes = long
    .cut()
    .changes()
    .reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  expect(bytes).toBeLessThan(200_000);
});

test.each(Object.entries(TREE_ATTACKS))('the rule %s finds what it is there for, first of all', (rule, attack) => {
  const [first] = treeAnomalies(attack());
  expect([first?.rule, first?.response]).toEqual([rule, 'pause']);
});

test('state that was damaged starts afresh and is counted', () => {
  const judge = new ConversationJudge(config());
  judge.restore(new Map([['tree acme/root', new TextEncoder().encode('{"seen":')]]));
  expect(run(pingPong(4), { judge })).toHaveLength(2);
  expect(judge.corrupt).toBe(1);
});

test('thousands of agents, sessions and peers with the longest names leave one tree bounded, and its newest loop is found', () => {
  const name = (i: number) => `${i}${'x'.repeat(240)}`;
  const crowd = Array.from({ length: 6_000 }, (_, i) =>
    hands(name(i % 700), name(i % 3_000), name((i * 7) % 5_000), { digest: `${'d'.repeat(80)}${i % 3}`, sketch: '0123456789abcdef' }),
  );
  const judge = new ConversationJudge(config({ capPerMinute: 1_000_000 }));
  const found = run([...crowd, ...pingPong(4)], { judge });
  expect(found.some(({ rule, agentId }) => rule === 'cycle' && agentId === 'planner')).toBe(true);
  const sizes = judge
    .cut()
    .changes()
    .map(({ value }) => value?.length ?? 0);
  expect(Math.max(...sizes)).toBeLessThan(300_000);
});
