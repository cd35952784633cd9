import type { DecisionEvent } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { call, failure } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { loopDetector } from './loop.ts';

const MINUTE_US = 60_000_000;
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const alarms = (events: readonly DecisionEvent[], config: Record<string, unknown> = {}) =>
  marks(play(createWatched(loopDetector, config), events));
const warnings = (events: readonly DecisionEvent[], config: Record<string, unknown> = {}) =>
  alarms(events, config).filter((mark) => !mark.endsWith(':info'));
/** Starts `minutes` after the stream's first. */
const after = (event: DecisionEvent, minutes: number): DecisionEvent => ({ ...event, startUs: event.startUs + minutes * MINUTE_US });

describe('L1, the same call with the same result', () => {
  test('is worth a hint at 3 and a loop at 4', () => {
    expect(alarms(times(5, (n) => call(n, 'a', 'r')))).toEqual(['3:L1:info', '4:L1:warning', '5:L1:warning']);
  });

  test('a changed result is progress', () => {
    expect(alarms(times(40, (n) => call(n, 'a', `r${n}`)))).toEqual([]);
  });

  test('other arguments are a batch', () => {
    expect(alarms(times(40, (n) => call(n, `item-${n}`, 'stored')))).toEqual([]);
  });

  test('a new turn begins afresh', () => {
    expect(alarms([...times(3, (n) => call(n, 'a', 'r')), ...times(3, (n) => call(3 + n, 'a', 'r', { turn: 2 }))])).toEqual([
      '3:L1:info',
      '6:L1:info',
    ]);
  });

  test('sessions do not add up', () => {
    expect(alarms(times(20, (n) => call(n, 'a', 'r', { sessionId: `s${n % 10}` })))).toEqual([]);
  });

  test('our own veto neither counts nor breaks the row', () => {
    const veto = (n: number) => call(n, 'a', undefined, { outcome: { status: 'blocked' }, policy: { verdict: 'deny', action: 'blocked' } });
    expect(
      alarms([call(1, 'a', 'r'), veto(2), call(3, 'a', 'r'), veto(4), veto(5), call(6, 'a', 'r'), veto(7), call(8, 'a', 'r')]),
    ).toEqual(['6:L1:info', '8:L1:warning']);
  });

  test('a veto is known by its outcome alone, and a cancelled call is none of either', () => {
    const other = (n: number, status: 'blocked' | 'cancelled') => call(n, 'other', 'x', { outcome: { status } });
    const row = [call(1, 'a', 'r'), other(2, 'blocked'), call(3, 'a', 'r'), other(4, 'cancelled'), call(5, 'a', 'r'), call(6, 'a', 'r')];
    expect(alarms(row)).toEqual(['5:L1:info', '6:L1:warning']);
  });

  test('parallel twins of one turn count once', () => {
    const parallel = (n: number) => call(n, 'a', 'r', { startUs: call(1, 'a', 'r').startUs, durationUs: 500_000 + n });
    expect(alarms(times(12, parallel))).toEqual([]);
  });

  test('three rounds of parallel twins are a hint, the fourth is a loop', () => {
    const rounds = times(4, (round) =>
      times(3, (twin) => call(10 * round + twin, 'a', 'r', { startUs: call(10 * round, 'a', 'r').startUs, durationUs: 500_000 })),
    ).flat();
    expect(warnings(rounds)[0]).toBe('10:L1:warning');
  });

  test('does not need the content: digests are enough', () => {
    const [event] = times(1, (n) => call(n, 'a', 'r'));
    expect(event?.call?.argumentsPreview).toBeUndefined();
    expect(event?.outcome?.resultPreview).toBeUndefined();
  });

  test('a call whose arguments are unknown is never a repeat', () => {
    const unknown = (n: number) => {
      const event = call(n, 'a', 'r');
      delete event.call?.digest;
      return event;
    };
    expect(alarms(times(60, unknown))).toEqual([]);
  });
});

describe('L1b, a poll', () => {
  test('repeats a minute apart are a loop at 10, not at 4', () => {
    expect(alarms(times(11, (n) => after(call(1, 'a', 'r', { id: call(n, 'a', 'r').id }), n)))).toEqual([
      '10:L1b:warning',
      '11:L1b:warning',
    ]);
  });

  test('a poll that its author declares is free of L1, L1b, L6 and L0', () => {
    expect(alarms(times(80, (n) => call(n, 'a', 'r', { call: { poll: true } })))).toEqual([]);
    expect(alarms(times(4, (n) => failure(n, 'a', 'e', { call: { poll: true } })))).toEqual(['3:L2:info', '4:L2:warning']);
  });

  test('so is a tool that the configuration names', () => {
    expect(
      alarms(
        times(80, (n) => call(n, 'a', 'r', { call: { name: 'get_job' } })),
        { pollTools: ['get_*'] },
      ),
    ).toEqual([]);
  });
});

describe('L2, the same call failing', () => {
  test('is worth a hint at 3 and a loop at 4, whatever the error says', () => {
    expect(alarms(times(4, (n) => failure(n, 'a', `e${n}`)))).toEqual(['3:L2:info', '4:L2:warning']);
  });

  test('changing course after the hint is no loop', () => {
    expect(warnings([...times(3, (n) => failure(n, 'a', 'e')), call(4, 'b', 'r')])).toEqual([]);
  });

  test.each(['transient'] as const)('%s errors are back-off, not a loop', (errorClass) => {
    expect(alarms(times(49, (n) => failure(n, 'a', 'e', { outcome: { errorClass } })))).toEqual([]);
  });

  test('a time-out without a class counts as transient', () => {
    const timeout = (n: number) => {
      const event = failure(n, 'a', 'e', { outcome: { status: 'timeout' } });
      delete event.outcome?.errorClass;
      return event;
    };
    expect(alarms(times(20, timeout))).toEqual([]);
  });
});

describe('cycles', () => {
  const cycle = (period: number, rounds: number, result: (n: number) => string | undefined = () => 'r') =>
    times(period * rounds, (n) => call(n, `c${n % period}`, result(n)));

  test.each([
    [2, 3, '6:L3:warning'],
    [3, 4, '12:L4:warning'],
    [4, 4, '16:L4:warning'],
    [5, 4, '20:L4:warning'],
  ])('a round of %i with identical results is a loop after %i times', (period, rounds, mark) => {
    expect(alarms(cycle(period, rounds))).toEqual([mark]);
    expect(alarms(cycle(period, rounds).slice(0, -1))).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5])('L5: a round of %i with unknown results is a loop after 5 times', (period) => {
    expect(alarms(cycle(period, 5, () => undefined)).at(-1)).toBe(`${5 * period}:L5:warning`);
    expect(alarms(cycle(period, 5, () => undefined).slice(0, -1))).toEqual([]);
  });

  test('a round whose results change is progress', () => {
    expect(alarms(cycle(2, 3, (n) => `r${n}`))).toEqual([]);
  });

  test('a round with a failure in it is a hint at 3 times and a loop at 4', () => {
    const round = times(8, (n) => (n % 2 === 0 ? call(n, 'think', 'ok') : failure(n, 'book', 'no')));
    expect(alarms(round)).toEqual(['6:L3:info', '7:L3:info', '8:L3:warning']);
  });

  test('L6: the eighth equal call among forty is a loop, with changing calls between', () => {
    const mixed = times(40, (n) => (n % 5 === 0 ? call(n, 'same', 'same') : call(n, `other-${n}`, `r-${n}`)));
    expect(alarms(mixed)).toEqual(['40:L6:warning']);
    expect(alarms(times(80, (n) => (n % 6 === 0 ? call(n, 'same', 'same') : call(n, `other-${n}`, `r-${n}`))))).toEqual([]);
  });
});

describe('failures', () => {
  test('L7: one error from different tools, ten in a row, is critical; from one tool it is not L7', () => {
    const cascade = (tools: number) =>
      times(10, (n) =>
        failure(n, `a${n}`, 'same', { call: { name: `tool-${n % tools}` }, outcome: { resultPreview: `disk ${n} is full` } }),
      );
    expect(alarms(cascade(3))).toEqual(['10:L7:critical']);
    expect(alarms(cascade(1)).some((mark) => mark.includes('L7'))).toBe(false);
  });

  test('L9: one tool failing with changing arguments is a hint at 3 and a loop at 4', () => {
    expect(alarms(times(4, (n) => failure(n, `a${n}`, `e${n}`)))).toEqual(['3:L9:info', '4:L9:warning']);
  });

  test('L9: a read that finds nothing counts as failing, a write that answers nothing does not', () => {
    const empty = (effect: 'read' | 'write') =>
      times(4, (n) => call(n, `q${n}`, 'nothing', { call: { effect }, outcome: { empty: true } }));
    expect(alarms(empty('read'))).toEqual(['3:L9:info', '4:L9:warning']);
    expect(alarms(empty('write'))).toEqual([]);
  });

  test('L9: a success of the tool, or another tool, breaks the row', () => {
    expect(
      warnings([...times(3, (n) => failure(n, `a${n}`, 'e')), call(4, 'ok', 'r'), ...times(3, (n) => failure(4 + n, `b${n}`, 'e'))]),
    ).toEqual([]);
  });
});

describe('L0, the absolute cap', () => {
  test('fifty times the same call is critical, transient errors and changing results included', () => {
    const mixed = (n: number) => (n % 2 === 0 ? call(n, 'a', `r${n}`) : failure(n, 'a', `e${n}`, { outcome: { errorClass: 'transient' } }));
    expect(alarms(times(50, mixed))).toEqual(['50:L0:critical']);
  });

  test('counts through turns and parallel twins', () => {
    expect(
      warnings(times(50, (n) => call(n, 'a', `r${n}`, { turn: n, startUs: call(1, 'a', 'r').startUs, durationUs: 100_000 + n }))),
    ).toEqual(['50:L0:critical']);
  });

  test('a minute between two calls begins the count afresh', () => {
    expect(alarms(times(99, (n) => (n >= 50 ? after(call(n, 'a', `r${n}`), 2) : call(n, 'a', `r${n}`))))).toEqual(['99:L0:critical']);
  });
});

describe('a loop that goes on after its pause was lifted', () => {
  const released = {
    v: 1,
    record: 'hold',
    id: 'h',
    tenant: 'acme',
    agentId: 'agent-1',
    holdId: 'hold-1',
    change: 'released',
    atUs: 0,
  } as const;

  test('is critical', () => {
    const found = play(createWatched(loopDetector), [...times(4, (n) => call(n, 'a', 'r')), released, call(6, 'a', 'r')]);
    expect(marks(found).at(-1)).toBe('6:L1:critical');
  });

  test('is not, where the loop was over before or had not been one', () => {
    const over = [...times(4, (n) => call(n, 'a', 'r')), call(5, 'b', 'r'), released, ...times(4, (n) => call(6 + n, 'a', 'r'))];
    expect(marks(play(createWatched(loopDetector), over)).at(-1)).toBe('10:L1:warning');
    const hint = [...times(3, (n) => call(n, 'a', 'r')), released, call(5, 'a', 'r')];
    expect(marks(play(createWatched(loopDetector), hint)).at(-1)).toBe('5:L1:warning');
  });

  test('is not said of another action: a failure that backs off, a wait, a parallel twin', () => {
    const looped = [...times(4, (n) => call(n, 'a', 'r')), released];
    const backOff = failure(6, 'b', 'busy', { outcome: { errorClass: 'transient' } });
    const wait = call(7, 'nothing', 'none', { call: { features: [] }, outcome: { empty: true } });
    const twin = call(8, 'a', 'r', { startUs: call(4, 'a', 'r').startUs });
    expect(marks(play(createWatched(loopDetector), [...looped, backOff, wait, twin])).slice(2)).toEqual([]);
  });

  test('placing a hold changes nothing', () => {
    const found = play(createWatched(loopDetector), [
      ...times(4, (n) => call(n, 'a', 'r')),
      { ...released, change: 'placed' },
      call(6, 'a', 'r'),
    ]);
    expect(marks(found).at(-1)).toBe('6:L1:warning');
  });
});

test('a rule that is switched off is silent, and the next one speaks', () => {
  expect(
    warnings(
      times(8, (n) => call(n, 'a', 'r')),
      { off: ['L1'] },
    ),
  ).toEqual(['8:L6:warning']);
});

test('the least recently used session is forgotten beyond the bound', () => {
  const interleaved = times(12, (n) => call(n, 'a', 'r', { sessionId: `s${n % 3}` }));
  expect(alarms(interleaved, { sessionsPerAgent: 3 }).length).toBe(6);
  expect(alarms(interleaved, { sessionsPerAgent: 2 })).toEqual([]);
});

test('the explanation names agent, pattern, count and tool', () => {
  const [, second] = play(
    createWatched(loopDetector),
    times(4, (n) => call(n, 'a', 'r', { call: { name: 'find_invoice' } })),
  );
  expect(second?.finding.explanation).toBe(
    'Agent agent-1 repeats the same call with the same result 4 times in a row (newest: find_invoice), since 08:00:00 UTC. It makes no progress.',
  );
  expect(second?.finding.decisionIds.length).toBe(4);
});
