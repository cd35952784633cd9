import { type DecisionEvent, type Json, vocabulary } from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { SlotValues } from '../otlp/raw-span.ts';
import { readBoolean, readCount, readInteger, readNumber, readText, readTexts, readWord } from './read-value.ts';

/** Adds what was decided about the action: policy, approval, divergence, control state. */
export function addPolicy(event: DecisionEvent, values: SlotValues): void {
  const verdict = readWord(values[SLOT.policyVerdict], vocabulary.POLICY_VERDICTS);
  const action = readWord(values[SLOT.policyAction], vocabulary.POLICY_ACTIONS);
  if (verdict !== undefined && action !== undefined) {
    event.policy = {
      verdict,
      action,
      ...optionalText('ruleId', values[SLOT.policyRuleId], 128),
      ...optionalText('version', values[SLOT.policyVersion], 64),
      ...optionalText('reason', values[SLOT.policyReason], 512),
    };
  }
  addApproval(event, values);
  const score = readNumber(values[SLOT.divergenceScore], 0, 1);
  if (score !== undefined) event.divergence = { score, reasons: readTexts(values[SLOT.divergenceReasons], 16, 256) ?? [] };
  const state = readWord(values[SLOT.controlState], vocabulary.RUN_STATES);
  const commandId = readText(values[SLOT.controlCommandId], 64);
  if (state !== undefined || commandId !== undefined) {
    event.control = { ...(state === undefined ? {} : { state }), ...(commandId === undefined ? {} : { commandId }) };
  }
}

function optionalText<Name extends string>(name: Name, value: Json | undefined, max: number): Partial<Record<Name, string>> {
  const text = readText(value, max);
  return text === undefined ? {} : ({ [name]: text } as Record<Name, string>);
}

function addApproval(event: DecisionEvent, values: SlotValues): void {
  const ticketId = readText(values[SLOT.approvalTicketId], 64);
  const status = readText(values[SLOT.approvalStatus], 32);
  if (ticketId === undefined || status === undefined) return;
  const approval: NonNullable<DecisionEvent['approval']> = { ticketId, status };
  const waitMs = readCount(values[SLOT.approvalWaitMs]);
  if (waitMs !== undefined) approval.waitMs = waitMs;
  const approvers = readTexts(values[SLOT.approvalApprovers], 16, 256);
  if (approvers !== undefined) approval.approvers = approvers;
  event.approval = approval;
}

/** Adds model, tokens, money and budget. A cost is taken as given, never worked out: there is no price table here. */
export function addAccounts(event: DecisionEvent, values: SlotValues): void {
  if (event.kind === 'model') {
    const model = {
      ...optionalText('provider', values[SLOT.providerName], 128),
      ...optionalText('request', values[SLOT.requestModel], 256),
      ...optionalText('response', values[SLOT.responseModel], 256),
    };
    if (model.provider !== undefined || model.request !== undefined || model.response !== undefined) event.model = model;
    const condensed = readBoolean(values[SLOT.contextCondensed]);
    if (condensed !== undefined) event.contextCondensed = condensed;
  }
  addUsage(event, values);
  const cost = readInteger(values[SLOT.costNanoUsd]);
  if (cost !== undefined) event.costNanoUsd = cost;
  const estimated = readInteger(values[SLOT.estimatedCostNanoUsd]);
  if (estimated !== undefined) event.estimatedCostNanoUsd = estimated;
  addBudget(event, values);
}

/** A foreign `invoke_agent` span repeats the tokens of the model calls inside it; counted there, they would count twice. */
const repeatsUsage = (event: DecisionEvent): boolean =>
  event.source !== 'belay' && (event.kind === 'session_end' || event.kind === 'task_end');

function addUsage(event: DecisionEvent, values: SlotValues): void {
  if (repeatsUsage(event)) return;
  const usage: NonNullable<DecisionEvent['usage']> = {};
  const inputTokens = readCount(values[SLOT.inputTokens]);
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  const outputTokens = readCount(values[SLOT.outputTokens]);
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  const cacheReadTokens = readCount(values[SLOT.cacheReadTokens]);
  if (cacheReadTokens !== undefined) usage.cacheReadTokens = cacheReadTokens;
  const cacheCreationTokens = readCount(values[SLOT.cacheCreationTokens]);
  if (cacheCreationTokens !== undefined) usage.cacheCreationTokens = cacheCreationTokens;
  const reasoningTokens = readCount(values[SLOT.reasoningTokens]);
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens;
  for (const _ in usage) {
    event.usage = usage;
    return;
  }
}

function addBudget(event: DecisionEvent, values: SlotValues): void {
  const id = readText(values[SLOT.budgetId], 128);
  if (id === undefined) return;
  const budget: NonNullable<DecisionEvent['budget']> = { id };
  const remainingNanoUsd = readInteger(values[SLOT.budgetRemainingNanoUsd]);
  if (remainingNanoUsd !== undefined) budget.remainingNanoUsd = remainingNanoUsd;
  const remainingTokens = readInteger(values[SLOT.budgetRemainingTokens]);
  if (remainingTokens !== undefined) budget.remainingTokens = remainingTokens;
  const remainingCalls = readInteger(values[SLOT.budgetRemainingCalls]);
  if (remainingCalls !== undefined) budget.remainingCalls = remainingCalls;
  event.budget = budget;
}
