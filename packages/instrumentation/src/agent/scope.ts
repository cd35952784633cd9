import type { ScopeParent } from '../span/span-recorder.ts';
import type { AttemptLedger } from './attempt-ledger.ts';

/** A conversation: what people call a session. */
export interface SessionContext {
  /** Absent when the application has no id for it; never invented. */
  readonly id: string | undefined;
  /** The session at the root of a tree of agents. */
  readonly rootId: string | undefined;
  /** Messages of people so far; undefined until the host counts them. */
  turn: number | undefined;
}

/** A unit of work with a beginning and an end. */
export interface TaskContext {
  readonly id: string;
  readonly name: string;
  readonly plan: PlanPosition | undefined;
  readonly totals: TaskTotals;
}

export interface PlanPosition {
  readonly id: string;
  readonly step?: number;
  readonly steps?: number;
}

interface TaskTotals {
  decisions: number;
  refused: number;
  failed: number;
  costNanoUsd: number;
}

/** What surrounds a call; travels by AsyncLocalStorage. */
export interface Scope {
  readonly session: SessionContext | undefined;
  readonly task: TaskContext | undefined;
  readonly parent: ScopeParent | undefined;
  /** Ids of the sessions around the call, innermost first: what session holds are compared with. */
  readonly sessionIds: readonly string[];
  /** Tries of the same call in this scope. */
  readonly ledger: AttemptLedger;
  /** What idempotency keys are derived from: the same after a restart where the host names its tasks or sessions. */
  readonly keyBase: string;
  /** The model call whose output is being acted on. */
  readonly thread: { lastModelSpanId: string | undefined };
}
