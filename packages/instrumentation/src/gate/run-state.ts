import type { RunState } from '@belay/protocol';

/** What can happen to a run, seen from inside it. */
export type RunEvent = 'pause' | 'kill' | 'drained' | 'release' | 'wait' | 'resume' | 'end';

/**
 * The run states of docs/contracts.md §2.7 as a table; what is not in it is illegal. `lost` is control's word for a run it no longer
 * hears: a run that is alive is never in it.
 */
const RUN_TRANSITIONS: Readonly<Record<RunState, Readonly<Partial<Record<RunEvent, RunState>>>>> = {
  running: { pause: 'pausing', kill: 'killing', wait: 'waiting', end: 'ended' },
  waiting: { resume: 'running', pause: 'pausing', kill: 'killing', end: 'ended' },
  pausing: { drained: 'paused', release: 'running', kill: 'killing', end: 'ended' },
  paused: { release: 'running', kill: 'killing', end: 'ended' },
  killing: { drained: 'killed', release: 'running', pause: 'pausing', end: 'ended' },
  killed: { release: 'running', pause: 'paused', end: 'ended' },
  lost: {},
  ended: {},
};

/** The state after an event; undefined when the event is illegal in this state (the state then stays as it is). */
export const nextRunState = (state: RunState, event: RunEvent): RunState | undefined => RUN_TRANSITIONS[state][event];
