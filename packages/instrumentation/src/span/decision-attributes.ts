import { ATTR } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { Action } from '../guard/action.ts';
import type { GuardRuntime } from '../guard/guard-runtime.ts';
import { safely } from '../guard/safely.ts';
import { capturedJson, sentence } from './content.ts';
import { scopeAttributes } from './scope-attributes.ts';

/** Attribute of a call whose author says that repeating it unchanged is its purpose. */
export const CALL_POLL = 'belay.call.poll';

const OPERATION = { tool: 'execute_tool', model: 'chat', agent: 'invoke_agent' } as const;

/** As {@link describedAction}; what cannot be described is recorded with what is certain, and never stops the action. */
export function decisionAttributes(runtime: GuardRuntime, action: Action, phase: 'decision' | 'proposal'): Attributes {
  const { definition, effect, seq } = action;
  const certain = { [ATTR.operationName]: OPERATION[definition.kind], ...runtime.identity, [ATTR.decisionSeq]: seq, [ATTR.effect]: effect };
  return safely(() => describedAction(runtime, action, phase), { ...certain, ...definition.attributes });
}

/** Everything that is known of an action before it runs; given at the span's creation, where samplers can see it. */
function describedAction(runtime: GuardRuntime, action: Action, phase: 'decision' | 'proposal'): Attributes {
  const { definition, options, scope, verdict } = action;
  const attributes: Attributes = {
    [ATTR.operationName]: OPERATION[definition.kind],
    ...runtime.identity,
    [ATTR.decisionSeq]: action.seq,
    ...definition.attributes,
  };
  scopeAttributes(attributes, scope);
  if (definition.kind !== 'model') addCall(attributes, runtime, action);
  if (options.callId !== undefined) attributes[ATTR.toolCallId] = options.callId.slice(0, 256);
  const reasoning = definition.kind === 'model' ? undefined : (options.reasoningSpanId ?? scope.thread.lastModelSpanId);
  if (reasoning !== undefined) attributes[ATTR.reasoningSpanId] = reasoning.slice(0, 64);
  if (options.intent !== undefined) attributes[ATTR.intent] = sentence(options.intent);
  addPlan(attributes, action);
  if (verdict !== undefined) addVerdict(attributes, runtime, action);
  if (definition.cost !== undefined) addEstimate(attributes, action);
  if (phase === 'decision') attributes[ATTR.controlState] = runtime.gate.state;
  return attributes;
}

function addCall(attributes: Attributes, runtime: GuardRuntime, action: Action): void {
  const { definition, facts, attempt } = action;
  attributes[ATTR.effect] = action.effect;
  if (definition.tier !== undefined) attributes[ATTR.tier] = definition.tier;
  if (definition.reversible !== undefined) attributes[ATTR.callReversible] = definition.reversible;
  if (definition.sensitivity !== undefined) attributes[ATTR.callSensitivity] = definition.sensitivity;
  if (definition.poll) attributes[CALL_POLL] = true;
  const confidence = action.options.confidence ?? definition.confidence;
  if (confidence !== undefined) attributes[ATTR.callConfidence] = confidence;
  if (definition.maxImpactOf !== undefined) {
    const impact = safely(() => definition.maxImpactOf?.(action.input), undefined);
    if (impact !== undefined) attributes[ATTR.callMaxImpact] = JSON.stringify(impact);
  }
  if (attempt !== undefined && attempt.attempt > 1) attributes[ATTR.callAttempt] = attempt.attempt;
  if (attempt?.retryOf !== undefined) attributes[ATTR.callRetryOf] = attempt.retryOf;
  if (facts?.canonical !== undefined) addFacts(attributes, runtime, facts);
}

function addFacts(attributes: Attributes, runtime: GuardRuntime, facts: NonNullable<Action['facts']>): void {
  attributes[ATTR.callDigest] = facts.digest;
  if (facts.destinations.length > 0) attributes[ATTR.callDestinations] = [...facts.destinations];
  attributes[ATTR.callFeatures] = facts.features(runtime.featureKey);
  attributes[ATTR.callSketch] = facts.sketch();
  const content = capturedJson(runtime.config.content, facts.value, facts.canonical);
  if (content !== undefined) attributes[ATTR.toolCallArguments] = content;
}

function addPlan(attributes: Attributes, action: Action): void {
  const plan = action.options.plan ?? action.scope.task?.plan;
  if (plan === undefined) return;
  attributes[ATTR.planId] = plan.id.slice(0, 256);
  if (plan.step !== undefined) attributes[ATTR.planStep] = plan.step;
  if (plan.steps !== undefined) attributes[ATTR.planSteps] = plan.steps;
}

function addVerdict(attributes: Attributes, runtime: GuardRuntime, { verdict }: Action): void {
  if (verdict === undefined) return;
  attributes[ATTR.policyVerdict] = verdict.verdict;
  attributes[ATTR.policyAction] = verdict.mayRun ? 'executed' : 'blocked';
  if (verdict.ruleId !== undefined) attributes[ATTR.policyRuleId] = verdict.ruleId.slice(0, 128);
  if (verdict.why !== undefined) attributes[ATTR.policyReason] = verdict.why.slice(0, 512);
  if (runtime.config.policy.version !== undefined) attributes[ATTR.policyVersion] = runtime.config.policy.version.slice(0, 64);
}

function addEstimate(attributes: Attributes, action: Action): void {
  const cost = safely(() => action.definition.cost?.(action.input), undefined);
  if (isNanoUsd(cost)) attributes[ATTR.estimatedCostNanoUsd] = cost;
}

/** Money is exact integer nano-dollars, or it is not recorded. */
export const isNanoUsd = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);
