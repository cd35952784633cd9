import { ATTR } from '@belay/protocol';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { creationAttributes, describeCall, describedBytes } from '../span/decision-attributes.ts';
import { KIND } from '../span/span-recorder.ts';
import type { Action } from './action.ts';
import { executeStep } from './execute-step.ts';
import { gateStep, stoppingHold } from './gate-step.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { outcomeStep } from './outcome-step.ts';
import { parseStep } from './parse-step.ts';
import { policyStep } from './policy-step.ts';
import { proposalStep } from './proposal-step.ts';
import { protectionStep } from './protection-step.ts';
import type { ActionRefusal } from './refusals.ts';

/** One step: undefined = go on, a refusal = stop here. Synchronous where nothing has to be waited for. */
type Step = (runtime: GuardRuntime, action: Action) => ActionRefusal | undefined | Promise<ActionRefusal | undefined>;

/** In this order; a step sees only what passed the ones before. */
const BEFORE_SEQ: readonly Step[] = [gateStep, parseStep, protectionStep, policyStep];

/**
 * Takes one action through the guard. Resolves with the action's result; rejects with the action's own error, with a time-out, or with a
 * typed refusal, and with nothing else of ours.
 */
export async function guard(runtime: GuardRuntime, action: Action): Promise<unknown> {
  for (const step of BEFORE_SEQ) {
    const refused = step(runtime, action);
    const refusal = refused instanceof Promise ? await refused : refused;
    if (refusal !== undefined) throw await stopHere(runtime, action, refusal);
  }
  action.seq = runtime.nextSeq();
  const proposed = proposalStep(runtime, action);
  const unrecorded = proposed === undefined ? undefined : await proposed;
  if (unrecorded !== undefined) throw refuse(runtime, action, unrecorded);
  // The last look before the act, with nothing asynchronous between it and the start: a hold may have come while a step waited.
  while (stoppingHold(runtime, action) !== undefined || runtime.gate.state === 'ended') {
    const refusal = await gateStep(runtime, action);
    if (refusal !== undefined) throw await stopHere(runtime, action, refusal);
  }
  const span = openSpan(runtime, action);
  const execution = await executeStep(runtime, action);
  outcomeStep(runtime, action, span, execution);
  if (execution.kind === 'returned') return execution.result;
  if (execution.kind === 'stopped' && execution.by === 'hold') await runtime.control.acknowledged(execution.settled);
  throw execution.kind === 'threw' ? execution.error : execution.reason;
}

/** Records a refusal; one by a hold is acknowledged to control first, because a host that does not catch it ends with it. */
async function stopHere(runtime: GuardRuntime, action: Action, refusal: ActionRefusal): Promise<ActionRefusal> {
  refuse(runtime, action, refusal);
  if (refusal.code === 'agent_killed' || refusal.code === 'agent_paused') await runtime.control.acknowledged();
  return refusal;
}

function openSpan(runtime: GuardRuntime, action: Action): Span {
  const { definition, scope } = action;
  const name = `${OPERATION[definition.kind]} ${definition.name}`;
  const kind = definition.kind === 'tool' ? KIND.internal : KIND.client;
  action.span = runtime.recorder.start(name, kind, creationAttributes(runtime, action), scope.parent);
  return action.span;
}

const OPERATION = { tool: 'execute_tool', model: 'chat', agent: 'invoke_agent' } as const;

/** Records a refusal as a decision of its own, at once, and hands it back to be thrown. */
export function refuse(runtime: GuardRuntime, action: Action, refusal: ActionRefusal): ActionRefusal {
  if (action.seq === 0) action.seq = runtime.nextSeq();
  const span = openSpan(runtime, action);
  const call = describeCall(runtime, action);
  const facts = refusalFacts(runtime, action, refusal);
  action.input = undefined;
  action.rawInput = undefined;
  span.setStatus({ code: SpanStatusCode.ERROR });
  runtime.recorder.endNow(span, { describe: () => ({ ...call(), ...facts }), bytes: describedBytes(action) });
  const totals = action.scope.task?.totals;
  if (totals !== undefined) {
    totals.decisions += 1;
    totals.refused += 1;
  }
  return refusal;
}

function refusalFacts(runtime: GuardRuntime, { verdict }: Action, refusal: ActionRefusal): Attributes {
  return {
    [ATTR.policyVerdict]: verdict === undefined || verdict.mayRun ? 'deny' : verdict.verdict,
    [ATTR.policyAction]: 'blocked',
    [ATTR.policyRuleId]: refusal.rule.slice(0, 128),
    [ATTR.policyReason]: refusal.why.slice(0, 512),
    [ATTR.outcomeStatus]: 'blocked',
    [ATTR.errorType]: refusal.code,
    ...controlFacts(runtime, refusal),
  };
}

function controlFacts(runtime: GuardRuntime, refusal: ActionRefusal): Record<string, string> {
  if (refusal.code !== 'agent_paused' && refusal.code !== 'agent_killed') return {};
  const state = refusal.code === 'agent_paused' ? 'paused' : 'killed';
  const { commandId } = runtime.gate;
  return { [ATTR.controlState]: state, ...(commandId === undefined ? {} : { [ATTR.controlCommandId]: commandId }) };
}
