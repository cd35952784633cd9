import type { Effect } from '@belay/protocol';
import type { FailMode } from '../fail-mode.ts';

/** What the run knows about its link to control, by the monotonic clock. */
export interface ControlContact {
  /** False when no token or endpoint was given: the run is unprotected. */
  readonly configured: boolean;
  /** True while a verified channel to control is up. */
  readonly connected: boolean;
  /** True once a state was verified in this run. */
  readonly stateSeen: boolean;
  /** True while control answers, but does not accept this agent's token. */
  readonly tokenRefused: boolean;
  /** When contact was lost; before the first contact, when the run began. Monotonic µs. */
  readonly lostAtUs: number;
}

/** Why a fail mode refuses. */
export type AwayReason = 'unprotected' | 'token_refused' | 'no_first_state' | 'control_away';

export type Protection = { readonly go: true } | { readonly waitMs: number } | { readonly refuse: AwayReason };

const GO: Protection = { go: true };

/**
 * May an action of this effect start, as far as the link to control is concerned? (docs/adr/004-fail-modes.md) Time is monotonic: a
 * changed wall clock neither shortens nor stretches the grace period.
 */
export function protectionFor(contact: ControlContact, effect: Effect, failMode: FailMode, nowUs: number): Protection {
  if (!contact.configured) return effect !== 'read' && failMode.unprotected === 'refuse' ? { refuse: 'unprotected' } : GO;
  if (contact.connected && contact.stateSeen) return GO;
  const mode = failMode[effect];
  if (mode === 'allow') return GO;
  const awayMs = Math.max(0, nowUs - contact.lostAtUs) / 1000;
  const worthWaiting = mode === 'refuse' || !contact.stateSeen;
  if (worthWaiting && awayMs < failMode.waitForControlMs) return { waitMs: Math.ceil(failMode.waitForControlMs - awayMs) };
  if (mode === 'grace' && awayMs < failMode.graceMs) return GO;
  if (contact.tokenRefused) return { refuse: 'token_refused' };
  return { refuse: contact.stateSeen ? 'control_away' : 'no_first_state' };
}
