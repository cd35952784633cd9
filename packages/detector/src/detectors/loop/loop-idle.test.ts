import type { DecisionEvent } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { call } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { loopDetector } from './loop.ts';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const alarms = (events: readonly DecisionEvent[]) => marks(play(createWatched(loopDetector), events));
const warnings = (events: readonly DecisionEvent[]) => alarms(events).filter((mark) => !mark.endsWith(':info'));

describe('a session without an end marker', () => {
  /** The same call with the same answer, every `minutes`. */
  const every = (minutes: number, count: number, durationMinutes = 0) =>
    times(count, (n) =>
      call(n, 'a', 'r', { startUs: call(1, 'a', 'r').startUs + n * minutes * 60_000_000, durationUs: durationMinutes * 60_000_000 }),
    );

  test('closes when it is idle: a look once an hour is no loop, however long the agent lives', () => {
    expect(alarms(every(60, 100))).toEqual([]);
    expect(alarms(every(9, 10))).toEqual(['10:L1b:warning']);
  });

  test('is not idle while a call runs', () => {
    expect(warnings(every(60, 10, 59))).toEqual(['10:L1b:warning']);
  });

  test('is not idle while it is held: a loop that goes on an hour later is critical at its first repeat', () => {
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
    const later = call(9, 'a', 'r', { startUs: call(1, 'a', 'r').startUs + 3_600_000_000 });
    expect(marks(play(createWatched(loopDetector), [...times(4, (n) => call(n, 'a', 'r')), released, later])).at(-1)).toBe('6:L1:critical');
  });
});
