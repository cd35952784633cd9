import { vocabulary } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { nextRunState, type RunEvent } from './run-state.ts';

const EVENTS: readonly RunEvent[] = ['pause', 'kill', 'drained', 'release', 'wait', 'resume', 'end'];
const LEGAL = [
  'running pause pausing',
  'running kill killing',
  'running wait waiting',
  'running end ended',
  'waiting resume running',
  'waiting pause pausing',
  'waiting kill killing',
  'waiting end ended',
  'pausing drained paused',
  'pausing release running',
  'pausing kill killing',
  'pausing end ended',
  'paused release running',
  'paused kill killing',
  'paused end ended',
  'killing drained killed',
  'killing release running',
  'killing pause pausing',
  'killing end ended',
  'killed release running',
  'killed pause paused',
  'killed end ended',
];

describe('the run states', () => {
  it('change in these ways and in no other', () => {
    const seen = vocabulary.RUN_STATES.flatMap((from) =>
      EVENTS.flatMap((event) => {
        const to = nextRunState(from, event);
        return to === undefined ? [] : [`${from} ${event} ${to}`];
      }),
    );
    expect(seen.sort()).toEqual([...LEGAL].sort());
  });

  it.each([
    ['ended', 'release'],
    ['ended', 'pause'],
    ['lost', 'release'],
    ['killed', 'kill'],
    ['killed', 'drained'],
    ['killed', 'resume'],
    ['paused', 'resume'],
    ['running', 'drained'],
    ['running', 'resume'],
  ] as const)('refuse %s + %s', (state, event) => {
    expect(nextRunState(state, event)).toBeUndefined();
  });
});
