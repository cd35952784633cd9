import type { DecisionEvent } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { call, failure } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { loopDetector } from './loop.ts';

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));
const alarms = (events: readonly DecisionEvent[]) => marks(play(createWatched(loopDetector), events));

describe('model calls', () => {
  const message = (n: number, text: string | undefined): DecisionEvent => {
    const event = call(n, 'x', text, { kind: 'model', call: undefined, model: { request: 'model-1' } });
    return event;
  };
  const condensation = (n: number) => ({ ...message(n, undefined), contextCondensed: true });

  test('L8: three identical messages with no action between are a monologue', () => {
    expect(alarms(times(3, (n) => message(n, 'fine, thanks')))).toEqual(['3:L8:warning']);
  });

  test('L8: an action between, another text, or an unknown one is none', () => {
    expect(alarms([message(1, 'a'), message(2, 'a'), call(3, 'x', 'r'), message(4, 'a'), message(5, 'a')])).toEqual([]);
    expect(alarms(times(9, (n) => message(n, `text ${n}`)))).toEqual([]);
    expect(alarms(times(9, (n) => message(n, undefined)))).toEqual([]);
  });

  test('L8: empty messages are identical', () => {
    expect(alarms(times(3, (n) => ({ ...message(n, undefined), outcome: { status: 'ok', empty: true } })))).toEqual(['3:L8:warning']);
  });

  test('L10: ten condensations with no action between', () => {
    expect(alarms(times(10, condensation))).toEqual(['10:L10:warning']);
    expect(alarms(times(19, (n) => (n === 10 ? call(n, 'x', 'r') : condensation(n))))).toEqual([]);
  });

  test('waiting, condensing, stalling and saying nothing are four stories: what answers one is no answer to another', () => {
    const streams = [
      times(10, (n) => call(n, 'nothing', 'none', { call: { features: [] }, outcome: { empty: true } })),
      times(10, condensation),
      times(3, (n) => ({ ...message(n, undefined), outcome: { status: 'ok' as const, empty: true } })),
      times(6, (n) => (n % 2 === 0 ? failure(n, `try-${n}`, `error-${n}`) : call(n, 'known', 'page'))),
    ];
    const worst = streams.map((events) => play(createWatched(loopDetector), events).at(-1)?.finding);
    expect(worst.map((finding) => finding?.rule)).toEqual(['wait', 'L10', 'L8', 'L11']);
    expect(new Set(worst.map((finding) => finding?.cause)).size).toBe(4);
  });

  test('L10: a condenser is known by its model where the span does not say so', () => {
    expect(alarms(times(10, (n) => ({ ...message(n, undefined), model: { request: 'my-condenser-2' } })))).toEqual(['10:L10:warning']);
  });
});

describe('waiting', () => {
  const wait = (n: number) => call(n, 'blank', 'blank', { call: { argumentsPreview: '{"command":""}' }, outcome: { empty: true } });

  test('blank calls with blank answers are a loop at 10, not at 4', () => {
    expect(alarms(times(10, wait))).toEqual(['10:wait:warning']);
  });

  test('features tell blank arguments with capture off', () => {
    const blind = (n: number) =>
      call(n, 'blank', 'blank', { call: { features: [{ role: 'command', kind: 'empty' }] }, outcome: { resultBytes: 0 } });
    expect(alarms(times(10, blind))).toEqual(['10:wait:warning']);
  });
});
