import type { Hold } from '@belay/protocol';

/** Where an action happens: what a hold's scope is compared with. */
export interface ScopeIds {
  /** The session of the action and those around it, innermost first. */
  readonly sessionIds: readonly string[];
}

export interface RunIds {
  readonly agentId: string;
  readonly runId: string;
}

/** True when the hold stops actions of this scope. A hold on an agent or run covers all of it; one on a session, that session alone. */
export function holdCovers(hold: Hold, run: RunIds, scope: ScopeIds): boolean {
  if (hold.scope === 'agent') return hold.scopeId === run.agentId;
  if (hold.scope === 'run') return hold.scopeId === run.runId;
  return scope.sessionIds.includes(hold.scopeId);
}

/** The hold that decides for this scope: a kill before a pause, then the first. */
export function decidingHold(holds: readonly Hold[], run: RunIds, scope: ScopeIds): Hold | undefined {
  if (holds.length === 0) return undefined;
  const covering = holds.filter((hold) => holdCovers(hold, run, scope));
  return covering.find((hold) => hold.action === 'kill') ?? covering[0];
}
