import { inferEffect } from '../call/infer-effect.ts';
import type { Effect, OutcomeStatus } from '../event/vocabulary.ts';

export interface DivergenceInput {
  /** What the agent said it was about to do. */
  readonly intent?: string | undefined;
  readonly call: { readonly name: string; readonly effect: Effect; readonly arguments?: unknown };
  readonly outcome?:
    | {
        readonly status: OutcomeStatus;
        readonly result?: unknown;
        readonly empty?: boolean | undefined;
        readonly affected?: number | undefined;
      }
    | undefined;
  /** Sentence of the author's `expect` hook: what was wrong with the result. */
  readonly expectation?: string | undefined;
}

export interface Divergence {
  readonly score: number;
  readonly reasons: string[];
}

/** Intent against call, and call against outcome; undefined when there is nothing to compare. */
export function assessDivergence({ intent, call, expectation }: DivergenceInput): Divergence | undefined {
  const reasons: string[] = [];
  if (intent !== undefined && call.effect !== 'read' && inferEffect(intent) === 'read') reasons.push('intent.reads_call_writes');
  if (expectation !== undefined) reasons.push('outcome.unexpected');
  if (intent === undefined && expectation === undefined) return undefined;
  return { score: Math.min(1, reasons.length * 0.6), reasons };
}
