import { type Anomaly, anomalySchema, type DecisionEvent, type InputRecord } from '@belay/protocol';
import { decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { ATTACKS } from '../testing/attack-streams.test-support.ts';
import { feedback, heartbeat } from '../testing/records.test-support.ts';
import { call } from '../testing/streams.test-support.ts';
import { Pipeline } from './pipeline.ts';

type Item = DecisionEvent | InputRecord;

const run = (items: readonly Item[], pipeline = new Pipeline(defaultDetectorConfig())): Anomaly[] =>
  items.flatMap((item) => pipeline.push(item, 'record' in item ? item.atUs : item.receivedUs));
const looping = (from: number, count: number) => Array.from({ length: count }, (_, i) => call(from + i, 'a', 'r'));
const attack = (detector: string): readonly Item[] => ATTACKS[detector]?.attack ?? [];

test('an anomaly says what Belay did and how to answer', () => {
  const [hint, pause] = run(looping(1, 4));
  expect(hint?.explanation).toMatch(/Belay only tells\. To stop it: belay pause agent-1\./);
  expect(pause?.explanation).toMatch(/Belay pauses this session\. .*belay resume agent-1.*belay feedback sha256:[0-9a-f]{12} expected\.$/);
});

test('no name of the agent’s making breaks the line or turns round what people read', () => {
  const names = ['a\nFree of charge', 'b\u202egnp', 'c\u0007\u001b[31m', `d${'\ud83d'}`];
  for (const name of names) {
    const found = run(looping(1, 4).map((event) => ({ ...event, call: { ...event.call, name } }) as DecisionEvent));
    for (const { explanation } of found) expect(explanation).not.toMatch(/[\p{Cc}\u202e]|\p{Cs}/u);
    expect(found.length).toBeGreaterThan(1);
  }
});

test('an agent that claims to live at the end of time is answered all the same', () => {
  const found = run(looping(1, 60).map((event) => ({ ...event, startUs: Number.MAX_SAFE_INTEGER, durationUs: 1_000_000 })));
  expect(found.map((anomaly) => anomalySchema.safeParse(anomaly).success)).toEqual(found.map(() => true));
  expect(found.map(({ rule, response }) => `${rule}:${response}`)).toContain('L0:pause');
});

test('what a person expects is recorded and not answered, until that is taken back', () => {
  const pipeline = new Pipeline(defaultDetectorConfig());
  const cause = run(attack('failure').slice(0, 3), pipeline)[0]?.cause ?? '';
  const next = (n: number) =>
    run([{ ...decision({ n }), ...attack('failure')[n], id: decision({ n: n + 100 }).id } as DecisionEvent], pipeline);
  const enforce: InputRecord = { v: 1, record: 'mode', id: 'm', tenant: 'acme', detector: 'failure', mode: 'enforce', atUs: 1 };
  const lifted: InputRecord = { v: 1, record: 'hold', id: 'h', tenant: 'acme', agentId: 'agent-1', holdId: 'h', change: 'placed', atUs: 1 };
  run([enforce, lifted, feedback('failure', cause)], pipeline);
  expect(next(3)).toMatchObject([{ response: 'none', suppressed: 'accepted' }]);
  run([feedback('failure', cause, { change: 'withdrawn' })], pipeline);
  const answers = [4, 5, 6, 7, 8, 9].flatMap(next);
  expect(answers.map(({ response }) => response)).toContain('pause');
});

test('what a person accepts is learned by the others again', () => {
  const learned = (verdict: 'expected' | 'true_positive') => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    const enforce: InputRecord = { v: 1, record: 'mode', id: 'm', tenant: 'acme', detector: 'failure', mode: 'enforce', atUs: 1 };
    const tasks = Array.from({ length: 20 }, (_, i) => [
      decision({ n: 2 * i + 1, taskId: `t${i}`, taskName: 'refund' }),
      decision({ n: 2 * i + 2, taskId: `t${i}`, taskName: 'refund', kind: 'task_end', outcome: { status: 'error' } }),
    ]);
    const [first] = run([enforce, ...tasks.slice(0, 10).flat()], pipeline).filter(({ detector }) => detector === 'failure');
    run([feedback('failure', first?.cause ?? '', { verdict }), ...tasks.slice(10).flat()], pipeline);
    return pipeline.learningOf('acme/agent-1')?.find(({ detector }) => detector === 'drift')?.learned ?? 0;
  };
  expect(learned('expected')).toBe(learned('true_positive') + 10);
});

test('a person who says it was right accepts nothing', () => {
  const pipeline = new Pipeline(defaultDetectorConfig());
  const cause = run(attack('failure').slice(0, 3), pipeline)[0]?.cause ?? '';
  run([feedback('failure', cause, { verdict: 'true_positive' })], pipeline);
  expect(run(attack('failure').slice(3), pipeline).some(({ suppressed }) => suppressed === 'accepted')).toBe(false);
});

test('a finding from a record names the run it is about and the agent as it last was', () => {
  const named = attack('telemetry_gap').map((item) => ('record' in item ? item : { ...item, agent: { ...item.agent, version: '7' } }));
  const [gap] = run(named).filter(({ detector }) => detector === 'telemetry_gap');
  expect(gap).toMatchObject({ agentId: 'agent-1', agentVersion: '7', runId: 'run-1', rule: 'gap' });
  expect(gap).not.toHaveProperty('triggerDecisionId');
});

test('a late finding names the decision it is about, not the one at hand', () => {
  const zombies = run(attack('zombie')).filter(({ detector }) => detector === 'zombie');
  expect(zombies.map(({ triggerDecisionId }) => triggerDecisionId)).toEqual([decision({ n: 8 }).id, decision({ n: 9 }).id]);
});

test('records of an agent that never decided anything do no harm', () => {
  expect(run([heartbeat(0, 1), heartbeat(0, 61, { droppedSpans: 2 })])).toMatchObject([{ agentId: 'agent-1', rule: 'dropped' }]);
});

test('the state after a restart is the same state: records, priors and feedback included', () => {
  const prior: InputRecord = {
    v: 1,
    record: 'prior',
    id: 'p',
    tenant: 'acme',
    agentName: 'crew',
    detector: 'novel_endpoint',
    version: 1,
    part: 0,
    parts: 1,
    keys: ['00000000000000ab'],
    atUs: 1,
  };
  const items: Item[] = [
    prior,
    ...attack('zombie'),
    ...attack('telemetry_gap'),
    feedback('loop', 'x|1'),
    ...looping(50, 6),
    ...attack('denial_burst'),
  ];
  const whole = run(items);
  for (let cut = 0; cut <= items.length; cut += 3) {
    const first = new Pipeline(defaultDetectorConfig());
    const early = run(items.slice(0, cut), first);
    const second = new Pipeline(defaultDetectorConfig());
    second.restore(
      new Map(
        first
          .cut()
          .changes()
          .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
      ),
    );
    expect([...early, ...run(items.slice(cut), second)], `cut at ${cut}`).toEqual(whole);
  }
});

test('an operator who only wants to be told keeps the absolute caps; the brake lifts them too', () => {
  const dear = (n: number): DecisionEvent => decision({ n, costNanoUsd: 30_000_000_000 });
  const answer = (mode: 'warn' | 'shadow') => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    run([{ v: 1, record: 'mode', id: 'm', tenant: 'acme', detector: 'spend_rate', mode, atUs: 1 }], pipeline);
    return run([dear(1)], pipeline).find(({ rule }) => rule.startsWith('cap_'))?.response;
  };
  expect([answer('warn'), answer('shadow')]).toEqual(['pause', 'none']);
});
