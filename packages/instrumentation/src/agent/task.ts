import type { PlanPosition } from './scope.ts';

/** A unit of work: what a budget and an idempotency key belong to. */
export interface TaskOptions {
  /** What it is, for people: "refund order 1234". */
  readonly name: string;
  /** Give one that survives a restart and idempotency keys do too. Default: random. */
  readonly id?: string;
  /** The plan that the task's calls follow. */
  readonly plan?: PlanPosition;
}
