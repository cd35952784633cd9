import type { DecisionEvent } from '@belay/protocol';
import { createSeededRandom, decision, MANUAL_CLOCK_START_US, modelCall } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { spendRateDetector } from './spend-rate.ts';

const SECOND_US = 1_000_000;
const USD = 1_000_000_000;

const spend = (n: number, atSeconds: number, costUsd: number, overrides = {}): DecisionEvent =>
  modelCall({
    n,
    startUs: MANUAL_CLOCK_START_US + Math.round(atSeconds * SECOND_US),
    durationUs: 0,
    costNanoUsd: Math.round(costUsd * USD),
    ...overrides,
  });
const tool = (n: number, atSeconds: number): DecisionEvent =>
  decision({ n, startUs: MANUAL_CLOCK_START_US + Math.round(atSeconds * SECOND_US), durationUs: 0 });
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const alarms = (events: readonly DecisionEvent[], config: Record<string, unknown> = {}) =>
  marks(play(createWatched(spendRateDetector, config), events));
/** Every 4 s a call of about a cent, for `seconds`. */
const steady = (seconds: number) => times(seconds / 4, (i) => spend(i + 1, i * 4, 0.01 + 0.002 * ((i * 7) % 5)));

describe('absolute caps', () => {
  test('more than the cap in a minute is critical from the first decisions', () => {
    expect(alarms(times(5, (i) => spend(i + 1, i, 5)))).toEqual(['5:cap_usd:critical']);
    expect(alarms(times(5, (i) => spend(i + 1, i * 20, 5)))).toEqual([]);
  });

  test('more decisions than the cap in a minute are critical', () => {
    expect(
      alarms(
        times(12, (i) => tool(i + 1, i)),
        { capCallsPerMinute: 10 },
      ),
    ).toEqual(['11:cap_calls:critical', '12:cap_calls:critical']);
  });

  test('markers, proposals and refused calls cost nothing', () => {
    const kinds = ['proposal', 'task_end', 'session_end', 'run_end'] as const;
    expect(alarms(times(40, (i) => spend(i + 1, i, 100, { kind: kinds[i % 4] })))).toEqual([]);
    expect(alarms(times(40, (i) => spend(i + 1, i, 100, { outcome: { status: 'blocked' } })))).toEqual([]);
  });

  test('a negative cost cannot hide what was spent', () => {
    expect(alarms([spend(1, 0, -1000), ...times(5, (i) => spend(i + 2, i, 5))])).toEqual(['6:cap_usd:critical']);
  });
});

describe('surge: too young for a habit', () => {
  /** The prompt doubles with each question until it is cut at 100,000 tokens; eight questions a second. */
  const exploding = times(40, (i) => spend(i + 1, i / 8, 0.003 + 3e-6 * Math.min(100_000 * Math.max(1, i - 13), 7 * 2 ** i)));

  test('an exploding prompt is caught within a few decisions of a cent each growing to a dollar', () => {
    const [first] = alarms(exploding);
    expect(first).toBe('15:surge:warning');
  });

  test('calls of one size are no surge, however young the agent', () => {
    expect(
      alarms(
        times(60, (i) => spend(i + 1, i / 4, 0.06)),
        { capUsdPerMinute: 1000 },
      ),
    ).toEqual([]);
  });

  test('a surge cannot train what it is compared with', () => {
    const cheap = times(10, (i) => spend(i + 1, i / 4, 0.004));
    const dear = times(60, (i) => spend(100 + i, 3 + i / 4, 0.2));
    expect(alarms([...cheap, ...dear], { capUsdPerMinute: 1000 }).at(-1)).toBe('70:surge:warning');
  });

  test('one dear call among cheap ones is no surge', () => {
    expect(alarms(times(40, (i) => spend(i + 1, i, i % 10 === 9 ? 0.5 : 0.01)))).toEqual([]);
  });
});

describe('burst: above its own habit', () => {
  test('ten times the spend of a steady agent is found within seconds, golden positions', () => {
    const burst = times(60, (i) => spend(1_000 + i, 900 + i / 2, 0.05));
    expect(alarms([...steady(900), ...burst])[0]).toBe('234:burst_30s:warning');
  });

  test('an agent that works hard from its first second is never told off for starting', () => {
    expect(alarms(times(1_500, (i) => spend(i + 1, i, 0.05)))).toEqual([]);
  });

  test('while it is young the limits are wider: three times its usual half minute is no burst at 200 s, and one at 900 s', () => {
    const triple = (from: number) => times(30, (i) => spend(10_000 + i, from + i, 0.15));
    const busy = (seconds: number) => times(seconds / 2, (i) => spend(i + 1, i * 2, 0.08));
    expect(alarms([...busy(200), ...triple(200)])).toEqual([]);
    expect(alarms([...busy(900), ...triple(900)]).length).toBeGreaterThan(0);
  });

  test('a steady agent is never told off', () => {
    expect(alarms(steady(7_200))).toEqual([]);
  });

  test('a bursty healthy agent is never told off: its bursts are its habit', () => {
    const random = createSeededRandom(3);
    const bursts = times(60, (burst) =>
      times(10 + random.integer(0, 10), (i) => spend(burst * 100 + i, burst * 90 + i / 4, 0.04 + 0.02 * random.next())),
    ).flat();
    expect(alarms(bursts)).toEqual([]);
  });

  test('below the floor nothing is a burst, whatever the habit', () => {
    const tiny = times(200, (i) => spend(i + 1, i * 4, 0.00001));
    expect(alarms([...tiny, ...times(15, (i) => spend(1_000 + i, 800 + i / 4, 0.01))])).toEqual([]);
  });

  test('zero variance is not blindness', () => {
    const constant = times(225, (i) => spend(i + 1, i * 4, 0.01));
    expect(alarms([...constant, ...times(20, (i) => spend(1_000 + i, 900 + i / 2, 0.05))]).length).toBeGreaterThan(0);
  });

  test('a runaway cannot train the habit: an hour later it is still one', () => {
    const runaway = times(3_600, (i) => spend(1_000 + i, 900 + i, 0.1));
    const found = alarms([...steady(900), ...runaway]);
    expect(found.at(-1)).toBe(`${225 + 3_600}:burst_30s:warning`);
  });

  test('after a hold is lifted only what comes then counts', () => {
    const released = {
      v: 1,
      record: 'hold',
      id: 'h',
      tenant: 'acme',
      agentId: 'agent-1',
      holdId: 'h',
      change: 'released',
      atUs: 0,
    } as const;
    const burst = (from: number) => times(8, (i) => spend(10 * from + i, from + i / 4, 0.1));
    const records = [...steady(900), ...burst(900), released, spend(99_999, 903, 0.01)];
    const found = marks(play(createWatched(spendRateDetector), records));
    expect(found.length).toBeGreaterThan(0);
    expect(found.some((mark) => mark.startsWith(`${records.length}:`))).toBe(false);
  });
});

describe('a moment: many calls at once', () => {
  /** Five calls of a cent in each second for a quarter of an hour, with `extra` of them now and then. */
  const busy = times(900, (at) => times(5, (i) => spend(10 * at + i, at + i / 5, 0.01))).flat();
  const salvo = (size: number, at: number) => times(size, (i) => spend(100_000 + 1_000 * at + i, at + i / 1_000, 0.02));

  test('a salvo is found within its second', () => {
    expect(alarms([...busy, ...salvo(60, 901)])[0]).toBe('4521:burst_1s:warning');
  });

  test('a dear call is no salvo, nor are many cheap ones', () => {
    expect(alarms([...busy, spend(99_999, 901, 0.5)])).toEqual([]);
    expect(alarms([...busy, ...times(40, (i) => spend(99_000 + i, 901 + i / 1_000, 0.0001))])).toEqual([]);
  });

  test('what has been there before is no burst, however rare', () => {
    const calm = times(2_000, (at) => spend(at + 1, at, 0.02));
    const withSalvos = (...starts: number[]) =>
      [...calm, ...starts.flatMap((at) => salvo(40, at))].toSorted((one, other) => one.startUs - other.startUs);
    expect(alarms(withSalvos(60, 1_000, 1_900))).toEqual([]);
    expect(alarms(withSalvos(1_900))[0]).toMatch(/burst_1s/);
  });
});

describe('volume: calls, not money', () => {
  test('a hundred calls where five a minute are normal are found within seconds', () => {
    const calm = times(75, (i) => tool(i + 1, i * 12));
    const [first] = alarms([...calm, ...times(100, (i) => tool(1_000 + i, 905 + i / 10))]);
    expect(first).toBe('105:volume_30s:warning');
  });

  test('an agent that works in batches is never told off once batches are its habit', () => {
    const batches = times(40, (batch) => times(50, (i) => tool(batch * 100 + i, batch * 60 + i / 10))).flat();
    expect(alarms(batches)).toEqual([]);
  });

  test('a batch of two hundred by an agent nobody knows yet is no finding', () => {
    expect(alarms(times(200, (i) => tool(i + 1, i / 50)))).toEqual([]);
  });
});

describe('scope', () => {
  const scopeOf = (events: readonly DecisionEvent[]) => play(createWatched(spendRateDetector), events)[0]?.finding.scope;

  test('a burst of one session names the session', () => {
    expect(scopeOf(times(5, (i) => spend(i + 1, i, 5)))).toBe('session');
  });

  test('a burst over many sessions of one run names the run, over many runs the agent', () => {
    expect(scopeOf(times(5, (i) => spend(i + 1, i, 5, { sessionId: `s${i}` })))).toBe('run');
    expect(scopeOf(times(5, (i) => spend(i + 1, i, 5, { sessionId: `s${i}`, runId: `r${i}` })))).toBe('agent');
  });
});

test('learning is reported from 0 to done, and starts at 0 for an agent never seen', () => {
  const detector = createWatched(spendRateDetector);
  expect(detector.learning()).toEqual({ learned: 0, needed: 12 });
  play(detector, steady(100));
  const half = detector.learning().learned;
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(12);
  play(detector, steady(400));
  expect(detector.learning()).toEqual({ learned: 12, needed: 12 });
});

test('a snapshot of something else is refused', () => {
  for (const state of [null, [], 7, 'x']) expect(() => createWatched(spendRateDetector).restore(state)).toThrow(/not one/);
});

test('a burst that goes on in another session is a cause of its own: the hold of the first does not stop it', () => {
  const first = times(5, (i) => spend(i + 1, i, 5, { sessionId: 's1' }));
  const second = times(20, (i) => spend(i + 6, 5 + i, 5, { sessionId: 's2' }));
  const causes = play(createWatched(spendRateDetector), [...first, ...second]).map(({ finding }) => `${finding.scope} ${finding.cause}`);
  expect(causes[0]).toBe('session cap_usd|s1');
  expect(causes.at(-1)).toBe('session cap_usd|s2');
});
