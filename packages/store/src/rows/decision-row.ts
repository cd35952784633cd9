import type { DecisionEvent } from '@belay/protocol';
import { agentTime, platformTime } from './datetime64.ts';
import { nanoUsdToDecimal } from './decimal-usd.ts';
import { allWellFormed, wellFormed } from './well-formed.ts';

/** A value of JSONEachRow; undefined = the column's default. */
type Cell = string | number | boolean | readonly string[] | undefined;
/** A row of JSONEachRow by column name. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * The row of `decisions` for an event. Pure. Times become DateTime64 text, money exact decimals, absent fields the column's default.
 * The identity comes from `event.id` alone.
 */
export function decisionToRow(event: DecisionEvent): Row {
  return {
    ...identityColumns(event),
    ...scopeColumns(event),
    ...callColumns(event.call),
    ...policyColumns(event),
    ...outcomeColumns(event),
    ...costColumns(event),
  };
}

const identityColumns = (event: DecisionEvent): Row => {
  const colon = event.id.indexOf(':');
  return {
    tenant: event.tenant,
    agent_id: event.agent.id,
    trace_id: event.id.slice(0, colon),
    span_id: event.id.slice(colon + 1),
    received: platformTime(event.receivedUs),
    start: agentTime(event.startUs),
    start_us: event.startUs,
    duration_us: event.durationUs,
    kind: event.kind,
    source: event.source,
  };
};

const scopeColumns = (event: DecisionEvent): Row => ({
  agent_name: wellFormed(event.agent.name),
  agent_version: wellFormed(event.agent.version),
  environment: wellFormed(event.environment),
  run_id: wellFormed(event.runId),
  seq: event.seq,
  session_id: wellFormed(event.sessionId),
  root_session_id: wellFormed(event.rootSessionId),
  turn: event.turn,
  task_id: wellFormed(event.taskId),
  task_name: wellFormed(event.taskName),
  plan_id: wellFormed(event.plan?.id),
  plan_step: event.plan?.step,
  plan_steps: event.plan?.steps,
  parent_span_id: wellFormed(event.trace.parentSpanId),
  intent: wellFormed(event.intent),
  reasoning_span_id: wellFormed(event.reasoningSpanId),
  control_state: event.control?.state,
  control_command_id: wellFormed(event.control?.commandId),
});

const callColumns = (call: DecisionEvent['call']): Row =>
  call === undefined
    ? {}
    : {
        call_name: wellFormed(call.name),
        effect: call.effect,
        tier: call.tier,
        reversible: call.reversible,
        sensitivity: call.sensitivity,
        max_impact_rows: call.maxImpact?.rows,
        max_impact_usd: call.maxImpact?.usd,
        max_impact_recipients: call.maxImpact?.recipients,
        confidence: call.confidence,
        attempt: call.attempt,
        poll: call.poll,
        retry_of: wellFormed(call.retryOf),
        call_digest: wellFormed(call.digest),
        call_sketch: call.sketch,
        destinations: allWellFormed(call.destinations),
        features: call.features === undefined ? undefined : JSON.stringify(call.features),
        arguments_preview: wellFormed(call.argumentsPreview),
        arguments_bytes: call.argumentsBytes,
        call_id: wellFormed(call.callId),
      };

const policyColumns = ({ policy, approval }: DecisionEvent): Row => ({
  policy_verdict: policy?.verdict,
  policy_action: policy?.action,
  policy_rule_id: wellFormed(policy?.ruleId),
  policy_version: wellFormed(policy?.version),
  policy_reason: wellFormed(policy?.reason),
  approval_ticket_id: wellFormed(approval?.ticketId),
  approval_status: wellFormed(approval?.status),
  approval_wait_ms: approval?.waitMs,
  approvers: allWellFormed(approval?.approvers),
});

const outcomeColumns = ({ outcome, divergence }: DecisionEvent): Row => ({
  outcome_status: outcome?.status,
  error_type: wellFormed(outcome?.errorType),
  error_class: outcome?.errorClass,
  result_digest: wellFormed(outcome?.resultDigest),
  result_bytes: outcome?.resultBytes,
  result_preview: wellFormed(outcome?.resultPreview),
  result_empty: outcome?.empty,
  outcome_summary: wellFormed(outcome?.summary),
  affected: outcome?.affected,
  mentions: allWellFormed(outcome?.mentions),
  divergence_score: divergence?.score,
  divergence_reasons: allWellFormed(divergence?.reasons),
});

const costColumns = ({ usage, budget, model, ...event }: DecisionEvent): Row => ({
  input_tokens: usage?.inputTokens,
  output_tokens: usage?.outputTokens,
  cache_read_tokens: usage?.cacheReadTokens,
  cache_creation_tokens: usage?.cacheCreationTokens,
  reasoning_tokens: usage?.reasoningTokens,
  cost_usd: nanoUsdToDecimal(event.costNanoUsd),
  estimated_cost_usd: nanoUsdToDecimal(event.estimatedCostNanoUsd),
  budget_id: wellFormed(budget?.id),
  budget_remaining_usd: nanoUsdToDecimal(budget?.remainingNanoUsd),
  budget_remaining_tokens: budget?.remainingTokens,
  budget_remaining_calls: budget?.remainingCalls,
  model_provider: wellFormed(model?.provider),
  model_request: wellFormed(model?.request),
  model_response: wellFormed(model?.response),
  context_condensed: event.contextCondensed,
});
