import type { Effect, Sensitivity } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { MaxImpact } from '../policy/local-policy.ts';

/** What an action's code gets beside its input. */
export interface RunContext {
  /** Aborts on time-out, on a kill, on a pause that aborts, and when the caller aborts. Pass it on. */
  readonly signal: AbortSignal;
  /** The same for every try of this action, also after a restart: give it to services that de-duplicate. */
  readonly idempotencyKey: string;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** A tool, model or agent in the form the guard works with. Hooks of the author may throw; the guard never passes that on. */
export interface ActionDefinition {
  readonly kind: 'tool' | 'model' | 'agent';
  readonly name: string;
  readonly effectOf: (input: unknown) => Effect;
  readonly tier: 1 | 2 | 3 | undefined;
  readonly reversible: boolean | undefined;
  readonly sensitivity: Sensitivity | undefined;
  readonly maxImpactOf: ((input: unknown) => MaxImpact | undefined) | undefined;
  readonly confidence: number | undefined;
  readonly schema: StandardSchemaV1 | undefined;
  readonly extraKeys: 'refuse' | 'ignore';
  readonly destination: ((input: unknown) => readonly string[] | string | undefined) | undefined;
  readonly cost: ((input: unknown) => number) | undefined;
  readonly actualCost: ((input: unknown, result: unknown) => number | undefined) | undefined;
  readonly expect: ((input: unknown, result: unknown) => string | undefined) | undefined;
  readonly summary: ((input: unknown, result: unknown) => string | undefined) | undefined;
  readonly affected: ((input: unknown, result: unknown) => number | undefined) | undefined;
  readonly timeoutMs: number;
  readonly poll: boolean;
  readonly allowWhilePaused: boolean;
  /** Attributes that only this kind has, known before it runs. */
  readonly attributes: Attributes;
  /** Attributes that only this kind has, read from the result. */
  readonly resultAttributes: ((result: unknown) => Attributes) | undefined;
  readonly run: (input: unknown, context: RunContext) => unknown;
}
