import type { PolicyVerdict } from '@belay/protocol';
import type { LocalPolicy, PolicyDecision, PolicyFacts } from './local-policy.ts';

/** What the policy said, and whether the action may run. */
export interface Verdict {
  readonly verdict: PolicyVerdict;
  readonly ruleId: string | undefined;
  readonly why: string | undefined;
  /** False when the action is to be refused; in shadow mode always true. */
  readonly mayRun: boolean;
}

/** The verdict where nobody has a rule. */
export const ALLOWED: Verdict = { verdict: 'allow', ruleId: undefined, why: undefined, mayRun: true };

/** Evaluates the local policy. An error in a rule denies: a broken rule must not open the gate. */
export function evaluatePolicy(policy: LocalPolicy, facts: PolicyFacts): Verdict {
  if (isEmptyPolicy(policy)) return ALLOWED;
  const decision = decide(policy, facts);
  const mayRun = policy.mode === 'shadow' || decision.verdict === 'allow' || decision.verdict === 'allow_with_review';
  return { verdict: decision.verdict, ruleId: decision.ruleId, why: decision.why, mayRun };
}

export const isEmptyPolicy = (policy: LocalPolicy): boolean => policy.decide === undefined && policy.defaults === undefined;

function decide(policy: LocalPolicy, facts: PolicyFacts): PolicyDecision {
  try {
    const given = policy.decide?.(facts);
    if (given === undefined) return { verdict: policy.defaults?.[facts.effect] ?? 'allow', ruleId: `default:${facts.effect}` };
    const decision = typeof given === 'string' ? { verdict: given } : given;
    return VERDICTS.has(decision.verdict) ? decision : { verdict: 'deny', ruleId: 'policy_error', why: 'the policy gave no known verdict' };
  } catch (error) {
    return {
      verdict: 'deny',
      ruleId: 'policy_error',
      why: `a policy rule failed (${error instanceof Error ? error.name : 'unknown error'})`,
    };
  }
}

const VERDICTS: ReadonlySet<string> = new Set<PolicyVerdict>(['allow', 'allow_with_review', 'delay', 'require_approval', 'deny']);
