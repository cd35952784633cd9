import type { RunState } from '@belay/protocol';

/**
 * Where a run may go next (docs/contracts.md §2.7). Heartbeats are samples, so a state may be skipped; what may not happen is that a run
 * comes back from its end, or from a kill that is still in force.
 */
const RUN_TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  running: ['pausing', 'paused', 'waiting', 'killing', 'killed', 'lost', 'ended'],
  pausing: ['running', 'paused', 'waiting', 'killing', 'killed', 'lost', 'ended'],
  paused: ['running', 'pausing', 'waiting', 'killing', 'killed', 'lost', 'ended'],
  waiting: ['running', 'pausing', 'paused', 'killing', 'killed', 'lost', 'ended'],
  killing: ['killed', 'lost', 'ended'],
  killed: ['lost', 'ended'],
  lost: ['running', 'pausing', 'paused', 'waiting', 'killing', 'killed', 'ended'],
  ended: [],
};

const AFTER_RELEASE: readonly RunState[] = ['running', 'pausing', 'paused', 'waiting'];

export type Transition = { readonly to: RunState; readonly changed: boolean } | { readonly illegal: string };

/**
 * @param kill whether a kill hold that covers the run is in force; once it is released a killed run may act again.
 */
export function transition(from: RunState, to: RunState, kill: { inForce: boolean }): Transition {
  if (from === to) return { to, changed: false };
  if (RUN_TRANSITIONS[from].includes(to)) return { to, changed: true };
  const wasKilled = from === 'killing' || from === 'killed';
  if (wasKilled && !kill.inForce && AFTER_RELEASE.includes(to)) return { to, changed: true };
  return { illegal: `a run that is ${from} cannot become ${to}${wasKilled ? ' while the kill is in force' : ''}` };
}

/** Live: expected to send heartbeats and to acknowledge. */
export const isLive = (state: RunState): boolean => state !== 'lost' && state !== 'ended';
