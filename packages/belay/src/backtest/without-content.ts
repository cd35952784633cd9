import type { DecisionEvent } from '@belay/protocol';

/** What a recording's texts are good for: `redacted` = previews as the collector keeps them; `off` = features, destinations and digests only. */
export type BacktestCapture = 'redacted' | 'off';

/**
 * The event as an SDK with content capture off would have caused it: no previews, and no sentence of the agent or of the call's author either
 * (an SDK sends those redacted; here they go too, so that a figure with capture off owes nothing to text). Features, destinations,
 * mentions, digests, sizes and classes stay: they are worked out beside the agent.
 */
export function withoutContent(event: DecisionEvent): DecisionEvent {
  const { intent, call, outcome, ...bare } = event;
  const kept: DecisionEvent = bare;
  if (call !== undefined) {
    const { argumentsPreview, ...rest } = call;
    kept.call = rest;
  }
  if (outcome !== undefined) {
    const { resultPreview, summary, ...rest } = outcome;
    kept.outcome = rest;
  }
  return kept;
}
