import type { DecisionEvent, InputRecord } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { type Alarm, createWatched, play } from '../../testing/watch.test-support.ts';
import { driftDetector } from './drift.ts';
import { type Habits, TaskStream } from './task-streams.test-support.ts';

/** `rule:severity` of each alarm with the task at whose end it came, from 1. */
function marksOf(events: readonly DecisionEvent[], alarms: readonly Alarm[]): string[] {
  const taskAt = (position: number): number => events.slice(0, position).filter(({ kind }) => kind === 'session_end').length;
  return alarms.map(({ at, finding }) => `${taskAt(at)}:${finding.rule}:${finding.severity}`);
}

/** A hundred tasks as usual, then a hundred with other habits. */
function shifted(seed: number, before: Partial<Habits>, after: Partial<Habits>, overrides: object = {}): string[] {
  const stream = new TaskStream(seed);
  const events = [...stream.tasks(100, before), ...stream.tasks(100, after, overrides)];
  return marksOf(events, play(createWatched(driftDetector), events));
}

describe('golden alarms', () => {
  test.each<[string, Partial<Habits>, Partial<Habits>, string[]]>([
    ['nothing', {}, {}, []],
    ['refusals from none', {}, { denialRate: 0.2 }, ['102:refusal_rate:warning']],
    ['refusals from a few', { denialRate: 0.05 }, { denialRate: 0.3 }, ['106:refusal_rate:warning']],
    ['errors', {}, { errorRate: 0.4 }, ['109:error_rate:warning']],
    ['errors that were frequent already', { errorRate: 0.2, calls: 15 }, { errorRate: 0.6, calls: 15 }, ['109:error_rate:warning']],
    ['rejected approvals', { approvalRate: 0.4 }, { approvalRate: 0.4, rejectionRate: 0.7 }, ['111:approval_rejection_rate:warning']],
    ['silent degradation', {}, { failedCheckRate: 0.2 }, ['104:silent_degradation:warning']],
    ['twice the calls', {}, { calls: 12 }, ['106:calls_per_task:warning']],
    ['a third of the calls', {}, { calls: 2 }, ['105:calls_per_task:warning']],
    ['a model five times the price', {}, { costUsd: 0.05 }, ['104:cost_per_task:warning']],
    ['a cheaper model, which is news only', {}, { costUsd: 0.002 }, ['105:cost_per_task:info']],
  ])('%s', (_what, before, after, expected) => {
    expect(shifted(1, before, after)).toEqual(expected);
  });
});

describe('one anomaly per shift', () => {
  /** As usual, more than twice the calls for long, as usual again. */
  function thereAndBack(): { events: DecisionEvent[]; alarms: Alarm[] } {
    const stream = new TaskStream(2);
    const events = [...stream.tasks(100), ...stream.tasks(150, { calls: 14 }), ...stream.tasks(100)];
    return { events, alarms: play(createWatched(driftDetector), events) };
  }
  const isWarning = ({ finding }: Alarm): boolean => finding.severity === 'warning';

  test('a level that stays is said once; the way back is the next shift', () => {
    const { events, alarms } = thereAndBack();
    const marks = marksOf(events, alarms.filter(isWarning));
    expect(marks).toHaveLength(2);
    expect(Number(marks[0]?.split(':')[0])).toBeLessThan(125);
    expect(Number(marks[1]?.split(':')[0])).toBeGreaterThan(250);
  });

  test('what moved with it and is found later is a note to the same shift', () => {
    const { alarms } = thereAndBack();
    expect(alarms.length).toBeGreaterThan(2);
    for (const later of alarms.filter((alarm) => !isWarning(alarm)))
      expect(alarms.some((alarm) => isWarning(alarm) && alarm.at < later.at && alarm.finding.cause === later.finding.cause)).toBe(true);
  });

  test('each shift is a cause of its own: what is accepted of one says nothing of the next', () => {
    const causes = thereAndBack()
      .alarms.filter(isWarning)
      .map(({ finding }) => finding.cause.split('|')[1]);
    expect(causes).toEqual(['shift 1', 'shift 2']);
  });

  test('an alarm of one metric does not make the others blind', () => {
    const stream = new TaskStream(8);
    const events = [...stream.tasks(100), ...stream.tasks(12, { failedCheckRate: 0.4 }), ...stream.tasks(20, { calls: 20 })];
    const warnings = play(createWatched(driftDetector), events).filter(isWarning);
    expect(marksOf(events, warnings)).toEqual(['104:silent_degradation:warning', '116:calls_per_task:warning']);
  });
});

describe('an explanation', () => {
  test('says what moved, against what normal, since when, how sure, and what moved with it', () => {
    const stream = new TaskStream(3);
    const events = [...stream.tasks(100), ...stream.tasks(40, { denialRate: 0.35, calls: 2 })];
    const [alarm] = play(createWatched(driftDetector), events);
    expect(alarm?.finding.explanation).toBe(
      [
        'Agent agent-1 has drifted: calls per task 2.5 over the last 5 tasks, since 2026-01-05 08:12 UTC; usual is 6.2 (100 tasks).',
        'The test stands at 118 % of its limit, where an agent that does not change gets about once in 10,000 tasks.',
        'With it: tokens per task 6979 → 3125; different tools per task 3.5 → 2.1.',
      ].join(' '),
    );
    expect(alarm?.finding.decisionIds.at(-1)).toBe(events[(alarm?.at ?? 0) - 1]?.id);
    expect(alarm?.finding.facts).toMatchObject({ direction: 'down', tasks: 5, reference_tasks: 100, reference_version: 1 });
  });
});

const feedback = (cause: string, verdict: 'expected' | 'false_positive', change: 'given' | 'withdrawn' = 'given'): InputRecord => ({
  v: 1,
  record: 'feedback',
  id: 'f1',
  tenant: 'acme',
  agentId: 'agent-1',
  anomalyId: 'a1',
  detector: 'drift',
  rule: cause.split('|')[0] ?? '',
  cause,
  verdict,
  change,
  atUs: 0,
});

describe('feedback', () => {
  /** An agent whose calls have doubled, 10 tasks after the alarm; the cause of the alarm. */
  function afterShift(): { detector: ReturnType<typeof createWatched>; stream: TaskStream; cause: string } {
    const stream = new TaskStream(4);
    const detector = createWatched(driftDetector);
    const [alarm] = play(detector, [...stream.tasks(100), ...stream.tasks(25, { calls: 14 })]);
    return { detector, stream, cause: alarm?.finding.cause ?? 'none' };
  }
  const learned = (detector: ReturnType<typeof createWatched>) => detector.learning().learned;

  test('expected: the new level is the reference at once, and stays quiet', () => {
    const { detector, stream, cause } = afterShift();
    expect(learned(detector)).toBeLessThan(40);
    detector.absorb(feedback(cause, 'expected'));
    expect(learned(detector)).toBe(40);
    expect(play(detector, stream.tasks(100, { calls: 14 }))).toEqual([]);
    expect(play(detector, stream.tasks(30)).map(({ finding }) => finding.facts.direction)).toEqual(['down']);
  });

  test('expected, taken back: the former level is the reference again', () => {
    const { detector, stream, cause } = afterShift();
    detector.absorb(feedback(cause, 'expected'));
    detector.absorb(feedback(cause, 'expected', 'withdrawn'));
    const again = play(detector, stream.tasks(30, { calls: 14 })).filter(({ finding }) => finding.severity === 'warning');
    expect(again.map(({ finding }) => finding.facts.direction)).toEqual(['up']);
  });

  test('of two anomalies of a shift that are expected, taking one back leaves the new level usual', () => {
    const { detector, stream, cause } = afterShift();
    for (const anomalyId of ['a1', 'a2']) detector.absorb({ ...feedback(cause, 'expected'), anomalyId } as InputRecord);
    detector.absorb({ ...feedback(cause, 'expected', 'withdrawn'), anomalyId: 'a2' } as InputRecord);
    const copy = createWatched(driftDetector);
    copy.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    expect(play(detector, stream.tasks(50, { calls: 14 }))).toEqual([]);
    copy.absorb(feedback(cause, 'expected', 'withdrawn'));
    expect(play(copy, stream.tasks(30, { calls: 14 })).length).toBeGreaterThan(0);
  });

  test('false: the former level is the reference, and the same takes longer to be said again', () => {
    const delay = (given: boolean): number => {
      const { detector, stream, cause } = afterShift();
      detector.absorb(feedback(cause, 'expected'));
      detector.absorb(feedback(cause, 'expected', 'withdrawn'));
      if (given) detector.absorb(feedback(cause, 'false_positive'));
      return play(detector, stream.tasks(60, { calls: 14 }))[0]?.at ?? Number.POSITIVE_INFINITY;
    };
    expect(delay(true)).toBeGreaterThan(delay(false));
  });

  test('on a shift that is not the newest changes nothing', () => {
    const { detector } = afterShift();
    const before = JSON.stringify(detector.snapshot());
    for (const cause of ['calls_per_task|shift 7', 'latency|shift 1', '']) detector.absorb(feedback(cause, 'expected'));
    expect(JSON.stringify(detector.snapshot())).toBe(before);
  });
});

describe('versions', () => {
  test('a new version inherits the reference: what it does otherwise is found, later than in the same version', () => {
    const at = (agent: object): number => Number(shifted(5, {}, { calls: 13 }, agent)[0]?.split(':')[0] ?? Number.NaN);
    const same = at({});
    const stream = new TaskStream(5);
    const old = { agent: { version: '1' } };
    const events = [...stream.tasks(100, {}, old), ...stream.tasks(100, { calls: 13 }, { agent: { version: '2' } })];
    const [first] = marksOf(events, play(createWatched(driftDetector), events));
    expect(Number(first?.split(':')[0])).toBeGreaterThan(same);
  });
});

describe('tasks', () => {
  test('in which nothing is done count: an agent that falls silent has drifted', () => {
    const stream = new TaskStream(9);
    const silent = stream.tasks(40).filter(({ kind }) => kind === 'session_end');
    const [first] = play(createWatched(driftDetector), [...stream.tasks(100), ...silent]);
    expect(first?.finding).toMatchObject({ rule: expect.stringMatching(/calls|tools/), severity: 'warning', facts: { direction: 'down' } });
  });

  test('that end with all three markers count once', () => {
    const stream = new TaskStream(10);
    const events = stream.tasks(60).flatMap((event, n): DecisionEvent[] => {
      if (event.kind !== 'session_end') return [event];
      const id = (i: number): string => `${String(3 * n + i).padStart(32, '0')}:${'1'.repeat(16)}`;
      return [event, { ...event, id: id(1), kind: 'run_end' }, { ...event, id: id(2), kind: 'session_end' }];
    });
    const detector = createWatched(driftDetector);
    expect(play(detector, events)).toEqual([]);
    expect(play(detector, stream.tasks(60))).toEqual([]);
  });

  test('of an agent that marks no ends are told apart by their session, or by their number', () => {
    const unmarked = (events: DecisionEvent[]): DecisionEvent[] => events.filter(({ kind }) => kind !== 'session_end');
    const stream = new TaskStream(6);
    const bySession = unmarked([...stream.tasks(100), ...stream.tasks(60, { denialRate: 0.3 })]);
    expect(play(createWatched(driftDetector), bySession).map(({ finding }) => finding.rule)).toEqual(['refusal_rate']);
    const endless = bySession.map((event) => ({ ...event, sessionId: 'one' }));
    const config = { taskDecisions: 6 };
    expect(play(createWatched(driftDetector, config), endless).map(({ finding }) => finding.rule)).toEqual(['refusal_rate']);
  });

  test('that run side by side are kept apart', () => {
    const stream = new TaskStream(7);
    const events = [...stream.tasks(100), ...stream.tasks(60, { calls: 14 })];
    const interleaved: DecisionEvent[] = [];
    const tasks = Map.groupBy(events, ({ sessionId = '' }) => sessionId);
    const queues = [...tasks.values()];
    for (let i = 0; i < queues.length; i += 4) {
      const batch = queues.slice(i, i + 4);
      for (let k = 0; batch.some((queue) => k < queue.length); k++) interleaved.push(...batch.flatMap((queue) => queue[k] ?? []));
    }
    const rules = play(createWatched(driftDetector), interleaved).map(({ finding }) => finding.rule);
    expect(rules[0]).toMatch(/calls_per_task|tools_per_task/);
    expect(rules).toHaveLength(1);
  });
});

test('a snapshot of something else is refused', () => {
  for (const state of [null, [], 7, 'x']) expect(() => createWatched(driftDetector).restore(state)).toThrow(/not one/);
});
