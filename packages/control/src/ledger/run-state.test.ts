import { type RunState, vocabulary } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { isLive, transition } from './run-state.ts';

const ILLEGAL: readonly [RunState, RunState][] = [
  ...vocabulary.RUN_STATES.filter((to) => to !== 'ended').map((to): [RunState, RunState] => ['ended', to]),
  ['killed', 'running'],
  ['killed', 'paused'],
  ['killed', 'pausing'],
  ['killed', 'waiting'],
  ['killed', 'killing'],
  ['killing', 'running'],
  ['killing', 'paused'],
  ['killing', 'pausing'],
  ['killing', 'waiting'],
];
const inForce = { inForce: true };
const isIllegal = ([from, to]: readonly [RunState, RunState]): boolean => ILLEGAL.some(([a, b]) => a === from && b === to);
const PAIRS = vocabulary.RUN_STATES.flatMap((from) => vocabulary.RUN_STATES.map((to): [RunState, RunState] => [from, to]));

describe('run states while a kill is in force', () => {
  test.each(ILLEGAL)('%s cannot become %s', (from, to) => {
    expect(transition(from, to, inForce)).toHaveProperty('illegal');
  });

  test.each(PAIRS.filter((pair) => !isIllegal(pair)))('%s may become %s', (from, to) => {
    expect(transition(from, to, inForce)).toEqual({ to, changed: from !== to });
  });
});

test.each(['running', 'paused', 'pausing', 'waiting'] as const)('once the kill is released a killed run may be %s', (to) => {
  expect(transition('killed', to, { inForce: false })).toEqual({ to, changed: true });
  expect(transition('killing', to, { inForce: false })).toEqual({ to, changed: true });
});

test('no release brings an ended run back', () => {
  expect(transition('ended', 'running', { inForce: false })).toEqual({ illegal: 'a run that is ended cannot become running' });
});

test('lost and ended runs owe nothing', () => {
  expect(vocabulary.RUN_STATES.filter((state) => !isLive(state))).toEqual(['lost', 'ended']);
});
