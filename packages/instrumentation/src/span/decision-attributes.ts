import { ATTR } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { Action } from '../guard/action.ts';
import type { GuardRuntime } from '../guard/guard-runtime.ts';
import { safely } from '../guard/safely.ts';
import { capturedJson, sentence } from './content.ts';
import { scopeAttributes } from './scope-attributes.ts';

const OPERATION = { tool: 'execute_tool', model: 'chat', agent: 'invoke_agent' } as const;

/** What a span is created with: what samplers and processors decide on. The rest follows by {@link describeCall}. */
export function creationAttributes(runtime: GuardRuntime, action: Action): Attributes {
  const { definition, scope } = action;
  const attributes: Attributes = {
    [ATTR.operationName]: OPERATION[definition.kind],
    [ATTR.agentId]: runtime.config.id,
    [ATTR.effect]: action.effect,
  };
  const named = definition.kind === 'model' ? ATTR.requestModel : ATTR.toolName;
  attributes[named] = definition.name;
  if (scope.session?.id !== undefined) attributes[ATTR.conversationId] = scope.session.id;
  return attributes;
}

/**
 * Everything else that is known of an action before it runs, as a function to be called when the span is exported. What may change until
 * then is read now. Never throws: what cannot be described is left out.
 */
export function describeCall(runtime: GuardRuntime, action: Action): () => Attributes {
  const { scope, seq } = action;
  const turn = scope.session?.turn;
  const reasoning = action.options.reasoningSpanId ?? scope.thread.lastModelSpanId;
  const state = runtime.gate.state;
  return () => {
    const attributes: Attributes = {
      ...runtime.identity,
      ...action.definition.attributes,
      [ATTR.decisionSeq]: seq,
      [ATTR.controlState]: state,
    };
    safely(() => {
      scopeAttributes(attributes, scope);
      if (turn !== undefined) attributes[ATTR.sessionTurn] = turn;
      addOptions(attributes, action, reasoning);
      addVerdict(attributes, runtime, action);
      if (isNanoUsd(action.estimateNanoUsd)) attributes[ATTR.estimatedCostNanoUsd] = action.estimateNanoUsd;
      if (action.definition.kind !== 'model') addCall(attributes, runtime, action);
    }, undefined);
    return attributes;
  };
}

/** Memory that a description holds on to, bytes. */
export const describedBytes = (action: Action): number => (action.facts?.canonical?.length ?? 0) + (action.options.intent?.length ?? 0);

function addOptions(attributes: Attributes, { definition, options, scope }: Action, reasoning: string | undefined): void {
  if (options.callId !== undefined) attributes[ATTR.toolCallId] = options.callId.slice(0, 256);
  if (reasoning !== undefined && definition.kind !== 'model') attributes[ATTR.reasoningSpanId] = reasoning.slice(0, 64);
  if (options.intent !== undefined) attributes[ATTR.intent] = sentence(options.intent);
  const plan = options.plan ?? scope.task?.plan;
  if (plan === undefined) return;
  attributes[ATTR.planId] = plan.id.slice(0, 256);
  if (plan.step !== undefined) attributes[ATTR.planStep] = plan.step;
  if (plan.steps !== undefined) attributes[ATTR.planSteps] = plan.steps;
}

function addCall(attributes: Attributes, runtime: GuardRuntime, action: Action): void {
  const { definition, attempt } = action;
  if (definition.tier !== undefined) attributes[ATTR.tier] = definition.tier;
  if (definition.reversible !== undefined) attributes[ATTR.callReversible] = definition.reversible;
  if (definition.sensitivity !== undefined) attributes[ATTR.callSensitivity] = definition.sensitivity;
  if (definition.poll) attributes[ATTR.callPoll] = true;
  const confidence = action.options.confidence ?? definition.confidence;
  if (confidence !== undefined) attributes[ATTR.callConfidence] = confidence;
  if (action.impact !== undefined) attributes[ATTR.callMaxImpact] = JSON.stringify(action.impact);
  if (attempt !== undefined && attempt.attempt > 1) attributes[ATTR.callAttempt] = attempt.attempt;
  if (attempt?.retryOf !== undefined) attributes[ATTR.callRetryOf] = attempt.retryOf;
  if (action.facts?.canonical !== undefined) addFacts(attributes, runtime, action.facts);
}

function addFacts(attributes: Attributes, runtime: GuardRuntime, facts: NonNullable<Action['facts']>): void {
  attributes[ATTR.callDigest] = facts.digest;
  if (facts.destinations.length > 0) attributes[ATTR.callDestinations] = [...facts.destinations];
  attributes[ATTR.callFeatures] = facts.features(runtime.featureKey);
  attributes[ATTR.callSketch] = facts.sketch();
  const { content } = runtime.config;
  if (content !== 'off') attributes[ATTR.toolCallArguments] = capturedJson(content, facts.value, facts.canonical);
}

function addVerdict(attributes: Attributes, runtime: GuardRuntime, { verdict }: Action): void {
  if (verdict === undefined) return;
  attributes[ATTR.policyVerdict] = verdict.verdict;
  attributes[ATTR.policyAction] = verdict.mayRun ? 'executed' : 'blocked';
  if (verdict.ruleId !== undefined) attributes[ATTR.policyRuleId] = verdict.ruleId.slice(0, 128);
  if (verdict.why !== undefined) attributes[ATTR.policyReason] = verdict.why.slice(0, 512);
  if (runtime.config.policy.version !== undefined) attributes[ATTR.policyVersion] = runtime.config.policy.version.slice(0, 64);
}

/** Money is exact integer nano-dollars, or it is not recorded. */
export const isNanoUsd = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);
