import { type Anomaly, agentKey, type DecisionEvent, type InputRecord } from '@belay/protocol';
import { decision, MANUAL_CLOCK_START_US } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { type DetectorConfig, defaultDetectorConfig, parseDetectorConfig } from '../config.ts';
import { call, cleanStream } from '../testing/streams.test-support.ts';
import { Pipeline } from './pipeline.ts';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const looping = (count: number, overrides = {}, from = 0) => times(count, (n) => call(from + n, 'a', 'r', overrides));

function config(json: unknown): DetectorConfig {
  const parsed = parseDetectorConfig(json);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

function run(records: readonly (DecisionEvent | InputRecord)[], pipeline = new Pipeline(defaultDetectorConfig()), lateUs = 0): Anomaly[] {
  return records.flatMap((record) => pipeline.push(record, ('record' in record ? record.atUs : record.receivedUs) + lateUs));
}

const brief = (anomalies: readonly Anomaly[]) =>
  anomalies.map(({ rule, severity, response, suppressed }) => [rule, severity, response, suppressed].filter(Boolean).join(' '));
const mode = (to: 'shadow' | 'warn' | 'enforce', over: Partial<Extract<InputRecord, { record: 'mode' }>> = {}): InputRecord => ({
  v: 1,
  record: 'mode',
  id: 'm',
  tenant: 'acme',
  detector: 'loop',
  mode: to,
  atUs: 1,
  ...over,
});
const released: InputRecord = {
  v: 1,
  record: 'hold',
  id: 'h',
  tenant: 'acme',
  agentId: 'agent-1',
  holdId: 'hold-1',
  change: 'released',
  atUs: 1,
};

describe('from findings to anomalies', () => {
  test('a loop is one hint, one pause and sparse repeats under the first', () => {
    const found = run(looping(12));
    expect(brief(found)).toEqual(['L1 info notify', 'L1 warning pause', 'L1 warning none cooldown', 'L1 warning none cooldown']);
    expect(found.map(({ groupId }) => groupId === found[0]?.id)).toEqual([false, true, true, true]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(4);
  });

  test('ids are the same in every run, whoever judges and whenever', () => {
    const ids = (lateUs: number) =>
      run(looping(4), undefined, lateUs).map(({ id, triggerDecisionId, severity, rule }) => [id, triggerDecisionId, severity, rule]);
    expect(ids(0)).toEqual(ids(3_600_000_000));
  });

  test('a decision seen before changes nothing, wherever in the stream it comes again', () => {
    const events = looping(3);
    const pipeline = new Pipeline(defaultDetectorConfig());
    expect(brief(run([...events, ...events, ...events], pipeline))).toEqual(['L1 info notify']);
    expect(pipeline.counts.duplicates).toBe(6);
  });

  test('agents and tenants do not mix', () => {
    expect(run(times(12, (n) => call(n, 'a', 'r', { agentId: `agent-${n % 6}` })))).toEqual([]);
    expect(run(times(12, (n) => ({ ...call(n, 'a', 'r'), tenant: `tenant-${n % 6}` })))).toEqual([]);
  });

  test('an agent whose clock runs ahead is counted as skewed and still judged', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    const ahead = looping(4).map((event) => ({ ...event, receivedUs: event.receivedUs - 3_600_000_000 }));
    expect(brief(run(ahead, pipeline))).toEqual(['L1 info notify', 'L1 warning pause']);
    expect(pipeline.counts.skewed).toBe(4);
  });
});

describe('responses', () => {
  test('a stale trigger notifies, and the next fresh repeat that is recorded makes it good', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    expect(brief(run(looping(4), pipeline, 61_000_000))).toEqual(['L1 info notify', 'L1 warning notify stale']);
    expect(brief(run(looping(1, {}, 4), pipeline))).toEqual(['L1 warning pause']);
  });

  test('the agent’s own clock neither hides nor frames staleness', () => {
    const old = looping(4).map((event) => ({ ...event, receivedUs: event.receivedUs + 7_200_000_000 }));
    expect(brief(run(old)).at(-1)).toBe('L1 warning pause');
  });

  test('a lifted hold re-arms: the loop that goes on is critical and paused again', () => {
    expect(brief(run([...looping(4), released, ...looping(1, {}, 4)]))).toEqual([
      'L1 info notify',
      'L1 warning pause',
      'L1 critical pause',
    ]);
  });

  test('canaries are no agents of the tenant: however many there are, they let no further agent be held', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    for (const canary of times(60, (n) => `belay-canary-${n}`)) run([call(1, 'a', 'r', { agentId: canary })], pipeline);
    const found = times(5, (agent) => run(looping(4, { agentId: `agent-${agent}` }), pipeline)).flat();
    expect(brief(found).filter((one) => one === 'L1 warning pause')).toHaveLength(3);
  });

  test('the breaker stops the fourth automatic hold of a small tenant; the record goes on', () => {
    const found = times(5, (agent) => run(looping(4, { agentId: `agent-${agent}` }), shared)).flat();
    expect(brief(found).filter((one) => one.startsWith('L1 warning'))).toEqual([
      ...times(3, () => 'L1 warning pause'),
      ...times(2, () => 'L1 warning notify breaker'),
    ]);
  });
  const shared = new Pipeline(defaultDetectorConfig());

  test('canaries are paused whatever the mode, and do not count in the blast radius', () => {
    const pipeline = new Pipeline(config({ modes: [{ detector: '*', mode: 'shadow' }] }));
    const canaries = times(20, (n) => decision({ n, agentId: `belay-canary-${n}`, sessionId: `c${n}`, call: { name: 'belay.canary' } }));
    expect(brief(run(canaries, pipeline))).toEqual(times(20, () => 'canary info pause'));
    run([mode('enforce')], pipeline);
    expect(brief(run(looping(4), pipeline)).at(-1)).toBe('L1 warning pause');
  });

  test('an accepted finding is recorded, never answered', () => {
    const pipeline = new Pipeline(config({ accepted: [{ detector: 'loop', rule: 'L1', agent: 'agent-*' }] }));
    expect(brief(run(looping(4), pipeline))).toEqual(['L1 info none accepted', 'L1 warning none accepted']);
  });

  test('killing needs its configuration and a critical finding', () => {
    const last = (json: unknown) => brief(run(looping(50), new Pipeline(config(json)))).at(-1);
    expect(last({})).toBe('L0 critical pause');
    expect(last({ kill: [{ detector: 'loop', rule: 'L0' }] })).toBe('L0 critical kill');
    expect(brief(run(looping(4), new Pipeline(config({ kill: [{ detector: 'loop', rule: '*' }] })))).at(-1)).toBe('L1 warning pause');
  });

  test('a detector that is not stable never kills, configured or not', () => {
    const dear = times(5, (n) => decision({ n, costNanoUsd: 6e9 }));
    expect(brief(run(dear, new Pipeline(config({ kill: [{ detector: '*', rule: '*' }] }))))).toContain('cap_usd critical pause');
  });
});

describe('what was flagged', () => {
  const priced = (n: number, atSeconds: number, usd: number, overrides = {}) =>
    decision({ n, startUs: MANUAL_CLOCK_START_US + atSeconds * 1_000_000, durationUs: 0, costNanoUsd: usd * 1e9, ...overrides });

  test('is not learned: a runaway is still one an hour later', () => {
    const habit = times(225, (n) => priced(n, 4 * n, 0.01));
    const runaway = times(3_600, (n) => priced(1_000 + n, 900 + n, 0.1));
    const last = run([...habit, ...runaway]).at(-1);
    expect(last?.rule).toBe('burst_30s');
    expect((last?.triggerUs ?? 0) - MANUAL_CLOCK_START_US).toBeGreaterThan(4_000_000_000);
  });

  test('is told in full again after a lifted hold, within the cool-down', () => {
    const dear = (from: number) => times(5, (n) => priced(from + n, from + n, 6));
    expect(brief(run([...dear(0), released, ...dear(10)])).filter((one) => one === 'cap_usd critical pause').length).toBe(2);
  });

  test('names the agent alone when it comes from many sessions and runs', () => {
    const [first] = run(times(4, (n) => priced(n, n, 6, { sessionId: `s${n}`, runId: `r${n}` })));
    expect([first?.rule, first?.sessionId, first?.runId]).toEqual(['cap_usd', undefined, undefined]);
  });
});

describe('modes', () => {
  test('the shipped ones: loop and the caps enforce, spend_rate warns', () => {
    const dear = times(5, (n) => decision({ n, costNanoUsd: 6e9 }));
    expect(brief(run(looping(4))).at(-1)).toBe('L1 warning pause');
    expect(brief(run(dear))[0]).toBe('cap_usd critical pause');
  });

  test('an operator’s record wins over the configuration, for one agent or for all', () => {
    const one = new Pipeline(defaultDetectorConfig());
    expect(brief(run([mode('shadow', { agentId: 'agent-1' }), ...looping(4)], one))).toEqual(['L1 info none', 'L1 warning none']);
    expect(brief(run(looping(4, { agentId: 'agent-2' }), one)).at(-1)).toBe('L1 warning pause');
    expect(brief(run([mode('warn'), ...looping(4)])).at(-1)).toBe('L1 warning notify');
    expect(brief(run([mode('shadow', { detector: '*' }), ...looping(4)])).at(-1)).toBe('L1 warning none');
  });

  test('of two records the later wins, be it for the agent or for all', () => {
    expect(brief(run([mode('enforce', { agentId: 'agent-1', atUs: 5 }), mode('shadow', { atUs: 9 }), ...looping(4)])).at(-1)).toBe(
      'L1 warning none',
    );
    expect(brief(run([mode('shadow', { atUs: 5 }), mode('enforce', { agentId: 'agent-1', atUs: 9 }), ...looping(4)])).at(-1)).toBe(
      'L1 warning pause',
    );
  });

  test('rules of the configuration match by environment, name and pattern; none = shadow', () => {
    const modes = [
      { detector: 'loop', environment: 'sample', mode: 'enforce' },
      { detector: 'loop', agentName: 'price-*', mode: 'warn' },
    ];
    const last = (overrides: object) => brief(run(looping(4, overrides), new Pipeline(config({ modes })))).at(-1);
    expect(last({ environment: 'sample' })).toBe('L1 warning pause');
    expect(last({ agent: { name: 'price-update' } })).toBe('L1 warning notify');
    expect(last({})).toBe('L1 warning none');
  });

  test('another tenant’s record is none of this tenant’s', () => {
    expect(brief(run([mode('shadow', { tenant: 'other' }), ...looping(4)])).at(-1)).toBe('L1 warning pause');
  });
});

describe('state', () => {
  const records: (DecisionEvent | InputRecord)[] = [
    ...cleanStream(30),
    mode('warn', { agentId: 'agent-2' }),
    ...times(9, (n) => call(500 + n, 'a', 'r', { agentId: `agent-${n % 2}` })),
    released,
    ...looping(9, {}, 600),
  ];
  const facts = (anomalies: readonly Anomaly[]) => anomalies.map(({ detectedUs: _at, ...rest }) => rest);

  test('a checkpoint and a restore at any point change no anomaly', () => {
    const whole = facts(run(records));
    expect(whole.length).toBeGreaterThan(4);
    for (let cut = 0; cut <= records.length; cut++) {
      const first = new Pipeline(defaultDetectorConfig());
      const before = run(records.slice(0, cut), first);
      const second = new Pipeline(defaultDetectorConfig());
      second.restore(
        new Map(
          first
            .cut()
            .changes()
            .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])),
        ),
      );
      expect(facts([...before, ...run(records.slice(cut), second)])).toEqual(whole);
    }
  });

  test('a hot room of one agent changes no anomaly', () => {
    expect(facts(run(records, new Pipeline(config({ hotAgents: 1 }))))).toEqual(facts(run(records)));
  });

  test('only agents touched since the last checkpoint are stored again', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    run(looping(2, { agentId: 'agent-1' }), pipeline);
    run(looping(2, { agentId: 'agent-2' }), pipeline);
    pipeline.cut();
    run(looping(1, { agentId: 'agent-2' }, 2), pipeline);
    expect(
      pipeline
        .cut()
        .changes()
        .map(({ key }) => key),
    ).toEqual([agentKey('acme', 'agent-2')]);
  });

  test('a snapshot that is garbage costs its agent the past, not the detector its life', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    pipeline.restore(new Map([[agentKey('acme', 'agent-1'), new TextEncoder().encode('{"v":1,"detectors":[["loop",1,7]]}')]]));
    expect(brief(run(looping(4), pipeline)).at(-1)).toBe('L1 warning pause');
    expect(pipeline.counts.corrupt).toBe(1);
  });

  test('damaged modes and holds of a partition are counted and start afresh; the agents keep their past', () => {
    const first = new Pipeline(defaultDetectorConfig());
    run(looping(3), first);
    const stored = first.cut().changes();
    for (const damage of ['{', '{}', '[[1]]', 'null']) {
      const pipeline = new Pipeline(defaultDetectorConfig());
      const intact = stored.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
      pipeline.restore(new Map([...intact, ['#partition', new TextEncoder().encode(damage)]]));
      expect(pipeline.counts.corrupt).toBe(1);
      expect(
        pipeline
          .cut()
          .changes()
          .map(({ key }) => key),
      ).toEqual(['#partition']);
      expect(brief(run(looping(1, {}, 3), pipeline))).toEqual(['L1 warning pause']);
    }
  });

  test('learning is told per agent and detector', () => {
    const pipeline = new Pipeline(defaultDetectorConfig());
    run(looping(1), pipeline);
    expect(pipeline.learningOf(agentKey('acme', 'agent-1'))).toEqual(
      expect.arrayContaining([
        { detector: 'loop', learned: 0, needed: 0 },
        { detector: 'spend_rate', learned: 0, needed: 12 },
      ]),
    );
    expect(pipeline.learningOf('acme/unknown')).toBeUndefined();
  });
});
