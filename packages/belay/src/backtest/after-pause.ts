import { type Anomaly, agentKey, type DecisionEvent, type InputRecord } from '@belay/protocol';

/** What a pause keeps an agent from; ends and proposals are said all the same. */
const ACTIONS: ReadonlySet<string> = new Set(['tool', 'model', 'agent']);
/** Scopes under a would-be pause that are followed at most; the pauses of more count nothing. */
const SCOPES_MAX = 100_000;

type Released = Extract<InputRecord, { record: 'hold' }>;

/** Counts what a backtest, which pauses nobody, went on to judge although it would not have happened. */
export interface AfterPause {
  paused(anomaly: Anomaly): void;
  /** Somebody lifted a hold in what is run over: whoever would lift the would-be one is taken to do so then. */
  released(record: Released): void;
  /** @returns true when the decision comes after a would-be pause of its session, run or agent, and would have been refused. */
  isKept(event: DecisionEvent): boolean;
}

/**
 * Follows would-be pauses as control would place them: a pause holds the session, else the run, else the agent; a kill the run, else the agent. A
 * decision that had begun before is in flight, and happens.
 */
export function createAfterPause(): AfterPause {
  const heldSinceUs = new Map<string, number>();
  const sinceOf = (key: string): number => heldSinceUs.get(key) ?? Number.POSITIVE_INFINITY;
  return {
    paused: (anomaly) => {
      const key = scopeOf(anomaly);
      if (!heldSinceUs.has(key) && heldSinceUs.size < SCOPES_MAX) heldSinceUs.set(key, anomaly.triggerUs);
    },
    released: ({ tenant, agentId, change, scope, scopeId }) => {
      if (change !== 'released') return;
      const agent = agentKey(tenant, agentId);
      if (scope !== undefined) heldSinceUs.delete(keyOf(agent, scope, scope === 'agent' ? '' : (scopeId ?? '')));
      else for (const key of heldSinceUs.keys()) if (key.startsWith(`${agent}\n`)) heldSinceUs.delete(key);
    },
    isKept: ({ tenant, agent, kind, sessionId, runId, startUs, outcome }) => {
      if (heldSinceUs.size === 0 || !ACTIONS.has(kind) || outcome?.status === 'blocked') return false;
      const key = agentKey(tenant, agent.id);
      const held = [keyOf(key, 'session', sessionId ?? ''), keyOf(key, 'run', runId ?? ''), keyOf(key, 'agent', '')];
      return held.some((scope) => sinceOf(scope) <= startUs);
    },
  };
}

const keyOf = (agent: string, scope: 'session' | 'run' | 'agent', id: string): string => `${agent}\n${scope}\n${id}`;

function scopeOf({ tenant, agentId, sessionId, runId, response }: Anomaly): string {
  const agent = agentKey(tenant, agentId);
  if (response === 'pause' && sessionId !== undefined) return keyOf(agent, 'session', sessionId);
  return runId === undefined ? keyOf(agent, 'agent', '') : keyOf(agent, 'run', runId);
}
