import type { Effect } from '@belay/protocol';
import type { Span } from '@opentelemetry/api';
import type { Attempt } from '../agent/attempt-ledger.ts';
import type { PlanPosition, Scope } from '../agent/scope.ts';
import type { Verdict } from '../policy/evaluate.ts';
import type { MaxImpact } from '../policy/local-policy.ts';
import type { CallFacts } from '../span/call-facts.ts';
import type { ActionDefinition } from './action-definition.ts';

/** What a caller may say about one call. Everything is optional. */
export interface CallOptions {
  /** What the agent is about to do, and why. Redacted; at most 1 kB is kept. */
  readonly intent?: string;
  /** The model's id of this tool call. */
  readonly callId?: string;
  /** Span id of the model call that proposed this action. Default: the last model call in this scope. */
  readonly reasoningSpanId?: string;
  /** The step of a plan that this call is. Default: the task's. */
  readonly plan?: PlanPosition;
  /** How sure the agent is, 0–1. Default: the tool's. */
  readonly confidence?: number;
  /** Aborts this call. */
  readonly signal?: AbortSignal;
  /** Tells deliberate repetitions of the same call apart in idempotency keys. Default: counted by success. */
  readonly attemptGroup?: string;
}

/** One action on its way through the steps of the guard. Each step fills in what it finds out. */
export interface Action {
  readonly definition: ActionDefinition;
  rawInput: unknown;
  readonly options: CallOptions;
  readonly scope: Scope;
  /** Set by parse: what the tool will get. */
  input: unknown;
  effect: Effect;
  facts: CallFacts | undefined;
  attempt: Attempt | undefined;
  /** What the author's hooks say before the act. */
  impact: MaxImpact | undefined;
  estimateNanoUsd: number | undefined;
  /** Set by policy. */
  verdict: Verdict | undefined;
  /** 0 until the action has passed the gate or was refused. */
  seq: number;
  span: Span | undefined;
}

export function createAction(definition: ActionDefinition, rawInput: unknown, options: CallOptions, scope: Scope): Action {
  return {
    definition,
    rawInput,
    options,
    scope,
    input: rawInput,
    effect: 'write',
    facts: undefined,
    attempt: undefined,
    impact: undefined,
    estimateNanoUsd: undefined,
    verdict: undefined,
    seq: 0,
    span: undefined,
  };
}
