import type { DecisionEvent } from '@belay/protocol';

/** A row as the query `history-decisions` gives it. Times integer µs, money integer nano-USD; '' and null mean absent. */
export interface StoredDecision {
  readonly id: string;
  readonly agent_id: string;
  readonly received_us: number;
  readonly start_us: number;
  readonly ended_us: number;
  /** Marks of an end come after what they end: 1 of a task, 2 of a session, 3 of a run; 0 = no mark. */
  readonly end_rank: number;
  readonly [column: string]: string | number | boolean | readonly string[] | null;
}

/**
 * The inverse of `decisionToRow`, as far as rows tell: what is absent and what was empty are the same there, and the ids of the trace are
 * those of the decision. Everything else that detectors read comes back equal.
 */
export function storedToDecision(tenant: string, row: StoredDecision): DecisionEvent {
  const event = {
    v: 1,
    id: row.id,
    tenant,
    agent: { id: row.agent_id, ...taken(row, AGENT) },
    ...taken(row, SCOPE),
    startUs: row.start_us,
    receivedUs: row.received_us,
    ...part('plan', row, PLAN, { id: '' }),
    ...callOf(row),
    ...part('policy', row, POLICY),
    ...part('approval', row, APPROVAL, { ticketId: '', status: '' }),
    ...(row.outcome_status === '' ? {} : part('outcome', row, OUTCOME)),
    ...(row.divergence_score === null ? {} : { divergence: { score: row.divergence_score, reasons: row.divergence_reasons } }),
    ...part('usage', row, USAGE),
    ...part('budget', row, BUDGET, { id: '' }),
    ...part('model', row, MODEL),
    ...part('control', row, CONTROL),
    trace: { traceId: row.id.slice(0, 32), spanId: row.id.slice(33), ...taken(row, TRACE) },
  };
  return event as unknown as DecisionEvent;
}

/** Field of the event and the column it is in. */
type Names = readonly (readonly [field: string, column: string])[];

const named = (columns: Readonly<Record<string, string>>): Names => Object.entries(columns);

/** Fields of the event from the columns; what is absent is left out. */
function taken(row: StoredDecision, names: Names): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [field, column] of names) {
    const value = row[column];
    if (value !== null && value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0)) fields[field] = value;
  }
  return fields;
}

/** An object of the event when any of its columns has something; `required` fills what it must have. */
function part(name: string, row: StoredDecision, names: Names, required: object = {}): Record<string, unknown> {
  const fields = taken(row, names);
  return Object.keys(fields).length === 0 ? {} : { [name]: { ...required, ...fields } };
}

function callOf(row: StoredDecision): Record<string, unknown> {
  if (row.effect === '') return {};
  const impact = part('maxImpact', row, IMPACT);
  const features = row.features === '' ? {} : { features: JSON.parse(String(row.features)) };
  return { call: { name: row.call_name, destinations: row.destinations, ...taken(row, CALL), ...impact, ...features } };
}

const AGENT = named({ name: 'agent_name', version: 'agent_version' });
const TRACE = named({ parentSpanId: 'parent_span_id' });
const IMPACT = named({ rows: 'max_impact_rows', usd: 'max_impact_usd', recipients: 'max_impact_recipients' });
const SCOPE = named({
  environment: 'environment',
  runId: 'run_id',
  seq: 'seq',
  sessionId: 'session_id',
  rootSessionId: 'root_session_id',
  turn: 'turn',
  taskId: 'task_id',
  taskName: 'task_name',
  kind: 'kind',
  durationUs: 'duration_us',
  intent: 'intent',
  reasoningSpanId: 'reasoning_span_id',
  costNanoUsd: 'cost_nano_usd',
  estimatedCostNanoUsd: 'estimated_cost_nano_usd',
  contextCondensed: 'context_condensed',
  source: 'source',
});
const PLAN = named({ id: 'plan_id', step: 'plan_step', steps: 'plan_steps' });
const CALL = named({
  effect: 'effect',
  tier: 'tier',
  reversible: 'reversible',
  sensitivity: 'sensitivity',
  confidence: 'confidence',
  attempt: 'attempt',
  poll: 'poll',
  retryOf: 'retry_of',
  digest: 'call_digest',
  sketch: 'call_sketch',
  argumentsPreview: 'arguments_preview',
  argumentsBytes: 'arguments_bytes',
  callId: 'call_id',
});
const POLICY = named({
  verdict: 'policy_verdict',
  action: 'policy_action',
  ruleId: 'policy_rule_id',
  version: 'policy_version',
  reason: 'policy_reason',
});
const APPROVAL = named({ ticketId: 'approval_ticket_id', status: 'approval_status', waitMs: 'approval_wait_ms', approvers: 'approvers' });
const OUTCOME = named({
  status: 'outcome_status',
  errorType: 'error_type',
  errorClass: 'error_class',
  resultDigest: 'result_digest',
  resultBytes: 'result_bytes',
  resultPreview: 'result_preview',
  empty: 'result_empty',
  summary: 'outcome_summary',
  affected: 'affected',
  mentions: 'mentions',
});
const USAGE = named({
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cacheReadTokens: 'cache_read_tokens',
  cacheCreationTokens: 'cache_creation_tokens',
  reasoningTokens: 'reasoning_tokens',
});
const BUDGET = named({
  id: 'budget_id',
  remainingNanoUsd: 'budget_remaining_nano_usd',
  remainingTokens: 'budget_remaining_tokens',
  remainingCalls: 'budget_remaining_calls',
});
const MODEL = named({ provider: 'model_provider', request: 'model_request', response: 'model_response' });
const CONTROL = named({ state: 'control_state', commandId: 'control_command_id' });
