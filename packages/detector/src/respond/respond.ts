import type { DetectorMode, Response, Severity, Suppression } from '@belay/protocol';

/** What the response depends on besides mode and time. Everything is a fact; nothing is looked up here. */
export interface ResponseHistory {
  /** When the collector received the trigger, µs. */
  readonly receivedUs: number;
  readonly staleAfterUs: number;
  /** A repeat of a cause that was answered less than the cool-down ago. */
  readonly isCooling: boolean;
  /** Accepted by configuration: known, not to be answered. */
  readonly isAccepted: boolean;
  /** Killing is configured for this rule and the detector is stable. */
  readonly mayKill: boolean;
  /** A probe (the canary) is answered with a pause whatever its severity and mode. */
  readonly isProbe: boolean;
  /** Holding this agent too would exceed the blast radius. */
  readonly isBreakerOpen: boolean;
}

export interface Responded {
  readonly response: Response;
  readonly suppressed?: Suppression;
}

/**
 * The answer to an anomaly (docs/contracts.md §3.7): pure, total. Shadow records, warn notifies, enforce pauses; `info` notifies at most; a
 * stale trigger notifies at most; kill only where `mayKill` and critical; repeats in their cool-down and accepted findings are not answered.
 */
export function respond(
  anomaly: { readonly severity: Severity },
  mode: DetectorMode,
  { nowUs, ...history }: ResponseHistory & { readonly nowUs: number },
): Responded {
  const isStale = nowUs - history.receivedUs > history.staleAfterUs;
  if (history.isProbe) return isStale ? { response: 'notify', suppressed: 'stale' } : { response: 'pause' };
  if (history.isAccepted) return { response: 'none', suppressed: 'accepted' };
  if (history.isCooling) return { response: 'none', suppressed: 'cooldown' };
  if (mode === 'shadow') return { response: 'none' };
  if (mode === 'warn' || anomaly.severity === 'info') return { response: 'notify' };
  if (isStale) return { response: 'notify', suppressed: 'stale' };
  if (history.isBreakerOpen) return { response: 'notify', suppressed: 'breaker' };
  return { response: history.mayKill && anomaly.severity === 'critical' ? 'kill' : 'pause' };
}
