import { ALLOWED, evaluatePolicy, isEmptyPolicy } from '../policy/evaluate.ts';
import type { PolicyFacts } from '../policy/local-policy.ts';
import type { Action } from './action.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { ActionDeniedError, type ActionRefusal } from './refusals.ts';

/** Step 3: the local policy. Deterministic; the model is never asked about itself. */
export function policyStep(runtime: GuardRuntime, action: Action): ActionRefusal | undefined {
  const { policy } = runtime.config;
  action.verdict = isEmptyPolicy(policy) ? ALLOWED : evaluatePolicy(policy, factsOf(runtime, action));
  if (action.verdict.mayRun) return undefined;
  const { verdict, ruleId, why } = action.verdict;
  const asks = verdict === 'require_approval' || verdict === 'delay';
  return new ActionDeniedError({
    action: action.definition.name,
    rule: ruleId ?? 'policy',
    why: `${why ?? (asks ? 'policy lets it run only after a person has agreed' : 'policy forbids it')}${/[.!?]$/.test(why ?? '') ? '' : '.'}`,
    next: asks
      ? 'Ask a person to do it or to allow it; do not look for a way around.'
      : 'Choose another way that does not need it, or ask a person.',
  });
}

function factsOf(runtime: GuardRuntime, action: Action): PolicyFacts {
  const { definition, scope, facts } = action;
  return {
    tool: definition.name,
    effect: action.effect,
    tier: definition.tier,
    reversible: definition.reversible,
    sensitivity: definition.sensitivity,
    confidence: action.options.confidence ?? definition.confidence,
    environment: runtime.config.environment,
    sessionId: scope.session?.id,
    taskName: scope.task?.name,
    input: action.input,
    maxImpact: action.impact,
    get destinations() {
      return facts?.destinations ?? [];
    },
    estimatedCostNanoUsd: action.estimateNanoUsd,
  };
}
