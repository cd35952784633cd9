import type { Effect, PolicyVerdict, Sensitivity } from '@belay/protocol';

/** What a policy may decide on; destinations and digest are worked out when first asked for. */
export interface PolicyFacts {
  readonly tool: string;
  readonly effect: Effect;
  readonly tier: 1 | 2 | 3 | undefined;
  readonly reversible: boolean | undefined;
  readonly sensitivity: Sensitivity | undefined;
  readonly maxImpact: MaxImpact | undefined;
  readonly confidence: number | undefined;
  readonly environment: string | undefined;
  readonly sessionId: string | undefined;
  readonly taskName: string | undefined;
  /** The validated input. */
  readonly input: unknown;
  readonly destinations: readonly string[];
  readonly estimatedCostNanoUsd: number | undefined;
}

/** The worst that one call can do, as its author knows it. */
export interface MaxImpact {
  readonly rows?: number;
  readonly usd?: number;
  readonly recipients?: number;
}

/** A verdict with the rule that gave it. `why` is told to the model. */
export interface PolicyDecision {
  readonly verdict: PolicyVerdict;
  readonly ruleId?: string;
  readonly why?: string;
}

/** Deterministic verdicts from code. The model is never asked about itself. */
export interface LocalPolicy {
  /** Recorded with each decision. */
  readonly version?: string;
  /** `shadow` records what would be refused and runs it. Default `enforce`. */
  readonly mode?: 'enforce' | 'shadow';
  /** Verdict by effect where no rule decides. Default: allow. */
  readonly defaults?: Readonly<Partial<Record<Effect, PolicyVerdict>>>;
  /** The rules; undefined = no rule of mine, the default decides. An exception denies. */
  readonly decide?: (facts: PolicyFacts) => PolicyDecision | PolicyVerdict | undefined;
}
