import type { DecisionEvent } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { call, failure } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { loopDetector } from './loop.ts';

const SECOND_US = 1_000_000;
const warnings = (events: readonly DecisionEvent[]) =>
  marks(play(createWatched(loopDetector), events)).filter((mark) => !mark.endsWith(':info'));
const tool = (name: string) => ({ call: { name } });
/** Known good, between two failures: asked again with the same answer. */
const known = (n: number) => call(n, 'known', 'page', tool('search'));
const fails = (n: number, name = 'search') => failure(n, `try-${n}`, `error-${n}`, tool(name));

describe('L11, nothing new whichever the tool', () => {
  test('failures alone belong to L7 and L9: several tools failing in several ways is no loop yet', () => {
    expect(warnings([fails(1, 'a'), fails(2, 'b'), fails(3, 'a'), fails(4, 'b'), fails(5, 'c'), fails(6, 'a')])).toEqual([]);
  });

  test('asking again for what is known does not make it progress', () => {
    expect(warnings([known(1), fails(2), known(3), fails(4), known(5), fails(6)])).toEqual(['6:L11:warning']);
  });

  test('anything new does: another answer, another question', () => {
    expect(warnings([known(1), fails(2), known(3), fails(4), call(5, 'known', 'newer page'), fails(6), fails(7, 'b')])).toEqual([]);
    expect(warnings([known(1), fails(2), known(3), fails(4), call(5, 'other', 'page'), fails(6), fails(7, 'b')])).toEqual([]);
  });

  test('repeats alone, or with two failures, belong to other rules', () => {
    expect(warnings([known(1), call(2, 'b', 'r'), known(3), call(4, 'b', 'r'), fails(5), known(6), fails(7)])).toEqual([]);
  });

  test('a tool that answers nothing by nature ends the row: a note between two attempts is a thought', () => {
    const note = (n: number) => call(n, 'note', 'nothing', { ...tool('think'), outcome: { empty: true } });
    expect(warnings([fails(1), note(2), fails(3), note(4), fails(5), note(6), fails(7)])).toEqual([]);
  });

  test('a status that is asked for a minute after a failure is waiting, not stalling', () => {
    const later = (event: DecisionEvent, minutes: number) => ({ ...event, startUs: event.startUs + minutes * 60 * SECOND_US });
    expect(warnings([known(1), fails(2), later(known(3), 2), fails(4), later(known(5), 4), fails(6)])).toEqual([]);
  });

  test('transient failures neither count nor break the row', () => {
    const backOff = (n: number) => failure(n, 'x', 'busy', { outcome: { errorClass: 'transient' } });
    expect(warnings([known(1), fails(2), known(3), backOff(4), fails(5), backOff(6), known(7), fails(8)])).toEqual(['8:L11:warning']);
  });
});
