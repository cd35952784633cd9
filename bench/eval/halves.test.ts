import { describe, expect, it } from 'vitest';
import { CORPORA, type Corpus } from './corpora.ts';
import { createHalfFilter, halfOf, halfOfLabels } from './halves.ts';
import { falsePauses } from './healthy.ts';

const corpus = (id: string): Corpus => CORPORA.find((one) => one.id === id) ?? expect.fail(`no corpus ${id}`);

/** A name that falls into the half. */
const nameIn = (half: 'a' | 'b', prefix: string): string =>
  Array.from({ length: 64 }, (_, i) => `${prefix}${i}`).find((name) => halfOf(name) === half) ?? expect.fail('no such name');

const [RUN_A, RUN_B] = [nameIn('a', 'run-'), nameIn('b', 'run-')];
const RUNS = {
  v: 1,
  runs: [
    { run_id: RUN_A, trace_id: 'aa', conversation: 'ca', agent_id: 'same', resolved: true, crosses: false },
    { run_id: RUN_B, trace_id: 'bb', conversation: 'cb', agent_id: 'same', resolved: true, crosses: false },
  ],
};
const anomaly = (fields: object): string => JSON.stringify({ agentId: 'same', evidence: { decisionIds: [] }, ...fields });

describe('halves', () => {
  it('are about as large as each other and do not depend on anything but the name', () => {
    const names = Array.from({ length: 2000 }, (_, i) => `agent-${i}`);
    const share = names.filter((name) => halfOf(name) === 'a').length / names.length;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);
    expect(halfOf('swe-agent')).toBe(halfOf('swe-agent'));
  });

  it('split the labels without loss', () => {
    const [a, b] = (['a', 'b'] as const).map((half) => halfOfLabels(RUNS, corpus('swe'), half).runs);
    expect([a, b]).toEqual([[RUNS.runs[0]], [RUNS.runs[1]]]);
  });

  it.each([
    ['by its trigger', { triggerDecisionId: 'aa:01' }, { triggerDecisionId: 'bb:01' }],
    ['by its evidence', { evidence: { decisionIds: ['bb:01', 'aa:02'] } }, { evidence: { decisionIds: ['aa:01', 'bb:02'] } }],
    ['by its session', { sessionId: 'ca' }, { sessionId: 'cb' }],
  ])('give an anomaly to one half, %s', (_, ofA, ofB) => {
    const [inA, inB] = (['a', 'b'] as const).map((half) => createHalfFilter(RUNS, corpus('swe'), half));
    expect([inA?.(anomaly(ofA)), inB?.(anomaly(ofA))]).toEqual([true, false]);
    expect([inA?.(anomaly(ofB)), inB?.(anomaly(ofB))]).toEqual([false, true]);
  });

  it('go by the agent where an agent is one unit', () => {
    const agents = [nameIn('a', 'x'), nameIn('b', 'x')].map((agent) => ({ agent_id: agent, trace_id: agent }));
    const inA = createHalfFilter({ agents }, corpus('spend'), 'a');
    expect(agents.map((agent) => inA(anomaly({ agentId: agent.agent_id })))).toEqual([true, false]);
  });
});

describe('false pauses', () => {
  it('are runs that are healthy by the labels and would have been held, counted once', () => {
    const held = { response: 'pause', triggerDecisionId: 'aa:01' };
    const lines = [held, held, { response: 'notify', triggerDecisionId: 'bb:01' }].map(anomaly);
    expect(falsePauses(corpus('swe'), RUNS, lines)).toEqual({ k: 1, n: 2 });
    const costly = { ...RUNS, runs: RUNS.runs.map((run) => ({ ...run, crosses: true })) };
    expect(falsePauses(corpus('swe'), costly, lines)).toEqual({ k: 0, n: 0 });
    expect(falsePauses(corpus('loops'), RUNS, lines)).toBeUndefined();
  });
});
