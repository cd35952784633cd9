import type { Anomaly } from '@belay/protocol';
import { isStorable, toStorable } from '../database/storable.ts';
import type { HoldRequest } from '../ledger/holds.ts';

export type AnomalyVerdict = { readonly hold: HoldRequest } | { readonly none: 'recorded' | 'suppressed' | 'stale' };

/**
 * What an anomaly asks control to do. Pause: the smallest scope it names (session, else run, else agent). Kill: the run, else the agent.
 * What was suppressed, or was said too long ago, is recorded and holds nobody.
 */
export function holdOfAnomaly(anomaly: Anomaly, nowUs: number, staleAfterMs: number): AnomalyVerdict {
  if (anomaly.response !== 'pause' && anomaly.response !== 'kill') return { none: 'recorded' };
  if (anomaly.suppressed !== undefined || anomaly.mode !== 'enforce') return { none: 'suppressed' };
  if (nowUs - anomaly.detectedUs > staleAfterMs * 1000) return { none: 'stale' };
  return {
    hold: {
      tenant: anomaly.tenant,
      agentId: anomaly.agentId,
      action: anomaly.response,
      ...scopeOf(anomaly),
      reason: toStorable(anomaly.explanation),
      cause: { kind: 'anomaly', ref: anomaly.id },
      causeKey: `${anomaly.detector}/${anomaly.rule}`,
      actor: `detector:${anomaly.detector}`,
      registerAgent: true,
    },
  };
}

/** A scope whose id cannot be stored as it is would match nothing: the next wider one is taken. */
function scopeOf(anomaly: Anomaly): Pick<HoldRequest, 'scope' | 'scopeId'> {
  if (anomaly.response === 'pause' && isId(anomaly.sessionId)) return { scope: 'session', scopeId: anomaly.sessionId };
  if (isId(anomaly.runId)) return { scope: 'run', scopeId: anomaly.runId };
  return { scope: 'agent', scopeId: anomaly.agentId };
}

const isId = (id: string | undefined): id is string => id !== undefined && id !== '' && isStorable(id);
