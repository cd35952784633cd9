import type { DecisionEvent, InputRecord } from '@belay/protocol';
import { createSeededRandom, decision, MANUAL_CLOCK_START_US, modelCall } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { hold } from '../../testing/records.test-support.ts';
import { type Alarm, createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { spendRateDetector } from './spend-rate.ts';

const USD = 1e9;
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
let serial = 0;
/** A priced step of a session, `at` seconds after the start of the stream. */
const step = (session: string, at: number, usd: number, overrides = {}): DecisionEvent =>
  modelCall({
    n: ++serial,
    startUs: MANUAL_CLOCK_START_US + Math.round(at * 1e6),
    durationUs: 0,
    costNanoUsd: Math.round(usd * USD),
    sessionId: session,
    runId: `run-${session}`,
    ...overrides,
  });
const end = (session: string, at: number): DecisionEvent => step(session, at, 0, { kind: 'session_end' });
const LIMIT = { limits: [{ per: 'session', usd: 1 }] };
const watch = (events: readonly (DecisionEvent | InputRecord)[], config: Record<string, unknown> = LIMIT): Alarm[] =>
  play(createWatched(spendRateDetector, config), events);
/** Steps of 2 cents, every 10 s. */
const run = (session: string, steps: number, from = 0, usd = 0.02) => times(steps, (i) => step(session, from + 10 * i, usd));
/** Runs of 20 to 30 steps that ended, one after the other. */
const past = (count: number): DecisionEvent[] => {
  const random = createSeededRandom(5);
  return times(count, (n) => [...run(`past-${n}`, 20 + random.integer(0, 10), n * 400), end(`past-${n}`, n * 400 + 399)]).flat();
};

describe('a limit on a session', () => {
  test('is said ten steps ahead, once, and is critical from when it is crossed until a hold is lifted', () => {
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
    const events = run('s', 60);
    expect(marks(watch([...events.slice(0, 52), released, ...events.slice(52)]))).toEqual([
      '40:will_cross:warning',
      '50:cap_limit:critical',
      '51:cap_limit:critical',
      '52:cap_limit:critical',
    ]);
  });

  test('a hold lifted for another reason, or before the limit was reached, excuses nothing', () => {
    const events = run('s', 60);
    const liftedAt = (at: number) => marks(watch([...events.slice(0, at), hold('released', 0), ...events.slice(at)]));
    expect(liftedAt(10)).toContain('51:cap_limit:critical');
    expect(liftedAt(45)).toContain('51:cap_limit:critical');
  });

  test('says how much since when, at what rate, and how long that lasts', () => {
    const [soon, crossed] = watch(run('s', 50));
    expect(soon?.finding.explanation).toBe(
      'Session s of agent agent-1 has spent 0.8000 USD since 08:00:00 UTC and will cross its limit of 1.00 USD: at 0.0200 USD a step it is there in 10 steps, about 100 s.',
    );
    expect(soon?.finding.facts).toMatchObject({ steps_left: 10, seconds_left: 100, limit_nano_usd: USD, per: 'session' });
    expect(crossed?.finding.explanation).toBe(
      'Session s of agent agent-1 has spent 1.00 USD since 08:00:00 UTC, and its limit is 1.00 USD.',
    );
  });

  test('counts each session apart, and only agents and tasks it is meant for', () => {
    const two = times(90, (i) => step(i % 2 === 0 ? 'a' : 'b', 10 * i, 0.02));
    expect(marks(watch(two)).filter((mark) => mark.includes('cap_limit'))).toEqual([]);
    expect(watch(run('s', 60), { limits: [{ per: 'session', usd: 1, agent: 'other-*' }] })).toEqual([]);
    expect(watch(run('s', 60), { limits: [{ per: 'session', usd: 1, taskName: '*' }] })).toEqual([]);
  });

  test('may be on calls, and over a run of several sessions', () => {
    const calls = times(30, (i) => decision({ n: i + 1, sessionId: `s${i % 3}` }));
    expect(marks(watch(calls, { limits: [{ per: 'run', calls: 25 }] })).slice(0, 2)).toEqual([
      '15:will_cross:warning',
      '25:cap_limit:critical',
    ]);
  });

  test('over a run goes on from session to session: an end of one is not the end of the run', () => {
    const calls = times(30, (i) => decision({ n: i + 1, sessionId: `s${i % 3}`, ...(i % 10 === 9 ? { kind: 'session_end' } : {}) }));
    expect(marks(watch(calls, { limits: [{ per: 'run', calls: 25 }] }))).toContain('28:cap_limit:critical');
  });

  test('two limits reached by one decision are two findings', () => {
    const limits = [
      { per: 'session', usd: 1 },
      { per: 'run', usd: 1, calls: 50 },
    ];
    const found = watch(run('s', 50), { limits }).filter(({ finding }) => finding.rule === 'cap_limit');
    expect(new Set(found.map(({ finding }) => JSON.stringify(finding.subject))).size).toBe(found.length);
    expect(found.map(({ finding }) => finding.subject.kind)).toEqual(['decision', 'window', 'window']);
  });

  test('waits with runs that are no longer than most before them, until four steps ahead', () => {
    const dear = run('dear', 20, 10_000, 0.06);
    expect(marks(watch([...past(20), ...dear])).map((mark) => mark.replace(/^\d+:/, ''))).toContain('will_cross:warning');
    const ahead = (events: DecisionEvent[]) => watch(events).find(({ finding }) => finding.rule === 'will_cross')?.finding.facts.steps_left;
    expect(ahead([...past(20), ...dear])).toBe(4);
    expect(ahead(dear)).toBe(10);
  });
});

describe('a runaway run among runs of its kind', () => {
  const rules = (events: readonly DecisionEvent[]) => [...new Set(watch(events, {}).map(({ finding }) => finding.rule))];

  test('is said before it has spent twice the most of those before it', () => {
    const [found] = watch([...past(20), ...run('away', 80, 10_000)], {});
    expect(found?.finding.rule).toBe('runaway_usd');
    expect(Number(found?.finding.facts.spent_nano_usd)).toBeLessThan(Number(found?.finding.facts.limit_nano_usd));
    expect(found?.finding.explanation).toMatch(
      /the most of the last 20 runs of its kind is 0\.\d+ USD, and a runaway begins at 1\.\d+ USD/,
    );
  });

  test('needs enough runs to compare with, and is no matter below the floor', () => {
    expect(rules([...past(19), ...run('away', 80, 10_000)])).toEqual([]);
    expect(rules([...past(20).map((event) => ({ ...event, costNanoUsd: 1_000 })), ...run('away', 50, 10_000, 0.005)])).toEqual([]);
  });

  test('runs like those before are never told off', () => {
    expect(rules(past(64))).toEqual([]);
  });

  test('says so of a run that was beyond before there was anything to compare it with', () => {
    const saidOf = (events: readonly DecisionEvent[]) =>
      watch(events, { runIdleSeconds: 86_400 }).find(({ finding }) => finding.rule.startsWith('runaway'))?.finding.explanation;
    const free = (event: DecisionEvent) => ({ ...event, costNanoUsd: 0 });
    const away = [...run('away', 100), ...past(24), step('away', 9_700, 0.02)];
    expect(saidOf(away)).toMatch(/and a runaway begins at 1\.\d+ USD\.$/);
    expect(saidOf(away.map(free))).toMatch(/and a runaway begins at \d+ calls\.$/);
  });

  test('is compared with tasks, not with the whole run of tasks that fell silent', () => {
    const task = (event: DecisionEvent, n: number): DecisionEvent => ({ ...event, taskId: `task-${n}`, sessionId: 'all', runId: 'all' });
    const tasks = times(21, (n) => run('t', 20, n * 300).map((event) => task(event, n))).flat();
    const away = run('away', 80, 30_000).map((event) => task(event, 99));
    const found = watch([...tasks, ...away], { limits: [{ per: 'run', usd: 100 }] });
    expect(found.map(({ finding }) => finding.rule)).toEqual(['runaway_usd']);
  });

  test('does not become habit: the next one is found as well', () => {
    const away = (n: number) => [...run(`away-${n}`, 80, 10_000 + n * 2_000), end(`away-${n}`, 11_500 + n * 2_000)];
    const found = watch([...past(20), ...away(1), ...away(2), ...away(3)], {}).filter(({ finding }) => finding.rule === 'runaway_usd');
    expect(found).toHaveLength(3);
  });

  test('once a person calls it expected its level is usual; taken back it is not', () => {
    const [first] = watch([...past(20), ...run('away', 80, 10_000)], {});
    const feedback = (change: 'given' | 'withdrawn', verdict: 'expected' | 'true_positive' = 'expected'): InputRecord => ({
      v: 1,
      record: 'feedback',
      id: change,
      tenant: 'acme',
      agentId: 'agent-1',
      anomalyId: 'a-1',
      detector: 'spend_rate',
      rule: first?.finding.rule ?? '',
      cause: first?.finding.cause ?? '',
      verdict,
      change,
      atUs: 0,
    });
    const heard = (...records: InputRecord[]) =>
      watch([...past(20), ...run('away', 80, 10_000), ...records, ...run('next', 80, 12_000)], {}).filter(
        ({ at }) => at > past(20).length + 80,
      ).length;
    expect(heard()).toBe(1);
    expect(heard(feedback('given'))).toBe(0);
    expect(heard(feedback('given', 'true_positive'))).toBe(1);
    expect(heard(feedback('given'), feedback('withdrawn'))).toBe(1);
  });

  test('tasks of different names are different kinds', () => {
    const task = (event: DecisionEvent, taskName: string) => ({ ...event, taskName });
    const big = run('big', 80, 10_000).map((event) => task(event, 'report'));
    expect(rules([...past(20).map((event) => task(event, 'mail')), ...big])).toEqual([]);
    expect(rules([...past(20).map((event) => task(event, 'mail')), ...big.map((event) => task(event, 'mail'))])).toEqual(['runaway_usd']);
  });
});

describe('a fleet that reports under one agent id', () => {
  /** `runs` side by side from `from` on, each beginning 5 s after the one before and calling every 2 s. */
  const fleet = (runs: number, { from, seconds, name }: { from: number; seconds: number; name: string }) =>
    times(seconds / 2, (i) =>
      times(Math.min(runs, 1 + Math.floor((2 * i) / 5)), (r) =>
        decision({ n: ++serial, sessionId: `${name}-${r}`, startUs: MANUAL_CLOCK_START_US + Math.round((from + 2 * i + r / 100) * 1e6) }),
      ),
    ).flat();

  test('may grow: six times the runs are six times the calls', () => {
    const grown = [...fleet(4, { from: 0, seconds: 900, name: 'small' }), ...fleet(24, { from: 1_850, seconds: 600, name: 'large' })];
    expect(watch(grown, {})).toEqual([]);
  });

  test('a session for each call is no fleet', () => {
    const calm = times(90, (i) => decision({ n: i + 1, sessionId: 's', startUs: MANUAL_CLOCK_START_US + i * 10e6 }));
    const flood = times(300, (i) => decision({ n: 1_000 + i, sessionId: `s${i}`, startUs: MANUAL_CLOCK_START_US + (905 + i / 10) * 1e6 }));
    expect(marks(watch([...calm, ...flood], {}))[0]).toMatch(/volume_30s/);
  });
});

describe('a new version of an agent', () => {
  const versioned = (event: DecisionEvent, version: string): DecisionEvent => ({ ...event, agent: { ...event.agent, version } });
  const old = times(225, (i) => versioned(step('s', i * 4, 0.01), '1'));
  const dearer = (version: string) => times(20, (i) => versioned(step('s', 900 + i * 1.5, 0.025), version));

  test('inherits the habit with wider limits: what is a burst of the old one is none of the new', () => {
    expect(watch([...old, ...dearer('1')], { floorUsdPerMinute: 0.1 }).length).toBeGreaterThan(0);
    const inherited = watch([...old, ...dearer('2')], { floorUsdPerMinute: 0.1, newVersionFactor: 10 });
    expect(inherited).toEqual([]);
  });
});
