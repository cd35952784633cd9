import type { Effect, OutcomeStatus } from '../event/vocabulary.ts';
import { callAgainstOutcome, combined } from './call-against-outcome.ts';
import { intentAgainstCall } from './intent-against-call.ts';
import { DIVERGENCE_REASONS, type DivergenceReason } from './reasons.ts';

/** What of an action is compared. More fields than these do no harm: a decision event's `call` and `outcome` fit as they are. */
export interface DivergenceInput {
  /** What the agent said it was about to do; at most 1,024 characters are read. */
  readonly intent?: string | undefined;
  readonly call: {
    readonly name: string;
    readonly effect: Effect;
    readonly arguments?: unknown;
    /** Normalised; worked out from the arguments when absent. */
    readonly destinations?: readonly string[] | undefined;
    /** The most the author allows for. */
    readonly maxImpact?: { readonly rows?: number | undefined } | undefined;
    /** What a dry run touched. */
    readonly planned?: { readonly rows?: number | undefined } | undefined;
    /** The author says that there is always something to find. */
    readonly promisesResult?: boolean | undefined;
  };
  readonly outcome?:
    | {
        readonly status: OutcomeStatus;
        readonly result?: unknown;
        readonly resultPreview?: string | undefined;
        readonly empty?: boolean | undefined;
        readonly affected?: number | undefined;
      }
    | undefined;
  /** Sentence of the author's `expect` hook: what was wrong with the result. */
  readonly expectation?: string | undefined;
}

export interface Divergence {
  /** 0 = nothing found, towards 1 = many or weighty reasons. */
  readonly score: number;
  /** Ids of {@link DIVERGENCE_REASONS}. */
  readonly reasons: DivergenceReason[];
}

/**
 * How far intent, call and outcome are apart: rules only, no model, the same answer every time. Undefined when there is nothing to compare: neither an
 * intent, nor an outcome, nor a failed expectation.
 */
export function assessDivergence({ intent, call, outcome, expectation }: DivergenceInput): Divergence | undefined {
  const hasIntent = intent !== undefined && intent.trim() !== '';
  if (!hasIntent && outcome === undefined && expectation === undefined) return undefined;
  const reasons = [
    ...(hasIntent ? intentAgainstCall(intent, call) : []),
    ...(outcome === undefined ? [] : callAgainstOutcome(call, outcome)),
  ];
  if (expectation !== undefined) reasons.push('outcome.unexpected');
  return { score: combined(reasons.map((reason) => DIVERGENCE_REASONS[reason].weight)), reasons };
}
