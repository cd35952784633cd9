import type { OutcomeStatus } from '@belay/protocol';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { capturedMessage } from '../span/content.ts';
import { describeCall, describedBytes } from '../span/decision-attributes.ts';
import type { Draft } from '../span/draft.ts';
import { type ErrorFacts, type OutcomeRecord, outcomeAttributes } from '../span/outcome-record.ts';
import { snapshotResult } from '../span/result-attributes.ts';
import type { Action } from './action.ts';
import type { Execution } from './execute-step.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { isActionRefusal } from './refusals.ts';
import { safely } from './safely.ts';

/**
 * Step 9: what came of it: `expect`, cost and summary by the author's hooks now, digests, divergence, mentions and redaction when the span
 * is exported. Ends the span; keeps nothing of the host's objects.
 */
export function outcomeStep(runtime: GuardRuntime, action: Action, span: Span, execution: Execution): void {
  const status = statusOf(action, execution);
  const record = execution.kind === 'returned' ? recordResult(action, execution.result) : recordFailure(status, execution);
  if (record.error !== undefined) setError(runtime, span, record.error);
  keepAccount(action, span, record);
  const call = describeCall(runtime, action);
  action.input = undefined;
  action.rawInput = undefined;
  const draft: Draft = {
    describe: () => ({ ...call(), ...outcomeAttributes(runtime, action, record) }),
    bytes: describedBytes(action) + (record.result?.text.length ?? 0),
  };
  if (status === 'ok' && (action.effect === 'read' || action.definition.kind === 'model')) runtime.recorder.end(span, draft);
  else runtime.recorder.endNow(span, draft);
}

function statusOf(action: Action, execution: Execution): OutcomeStatus {
  if (execution.kind === 'returned') return 'ok';
  if (execution.kind === 'threw') return isActionRefusal(execution.error) ? 'blocked' : 'error';
  if (execution.by === 'timeout') return 'timeout';
  return action.effect === 'read' || !execution.began ? 'cancelled' : 'uncertain';
}

function recordResult({ definition, input, estimateNanoUsd }: Action, result: unknown): OutcomeRecord {
  const { summary, affected, actualCost, expect, resultAttributes } = definition;
  const said = summary === undefined ? undefined : safely(() => summary(input, result), undefined);
  const cost = actualCost === undefined ? undefined : safely(() => actualCost(input, result), undefined);
  const wrong = expect === undefined ? undefined : safely(() => expect(input, result), undefined);
  return {
    status: 'ok',
    result: snapshotResult(result),
    error: undefined,
    summary: typeof said === 'string' ? said : undefined,
    affected: affected === undefined ? undefined : safely(() => affected(input, result), undefined),
    costNanoUsd: cost ?? estimateNanoUsd,
    expectation: typeof wrong === 'string' ? wrong : undefined,
    extra: resultAttributes === undefined ? undefined : safely(() => resultAttributes(result), undefined),
  };
}

function recordFailure(status: OutcomeStatus, execution: Exclude<Execution, { kind: 'returned' }>): OutcomeRecord {
  const error = safely(() => errorFacts(execution), { type: 'Error', message: '', statusCode: undefined, timedOut: false });
  const nothing = {
    result: undefined,
    summary: undefined,
    affected: undefined,
    costNanoUsd: undefined,
    expectation: undefined,
    extra: undefined,
  };
  return { status, error, ...nothing };
}

function errorFacts(execution: Exclude<Execution, { kind: 'returned' }>): ErrorFacts {
  const error = execution.kind === 'threw' ? execution.error : execution.reason;
  const timedOut = execution.kind === 'stopped' && execution.by === 'timeout';
  if (typeof error !== 'object' || error === null)
    return { type: typeof error, message: String(error).slice(0, 2000), statusCode: undefined, timedOut };
  const { name, code, message, status, statusCode } = error as Readonly<Record<string, unknown>>;
  const given = statusCode ?? status;
  const type = typeof code === 'string' ? code : typeof name === 'string' && name !== '' ? name : 'Error';
  return {
    type: type.slice(0, 256),
    message: typeof message === 'string' ? message.slice(0, 2000) : '',
    statusCode: typeof given === 'number' ? given : undefined,
    timedOut,
  };
}

function setError(runtime: GuardRuntime, span: Span, { message }: ErrorFacts): void {
  const shown = safely(() => capturedMessage(runtime.config.content, message), undefined);
  span.setStatus(shown === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message: shown });
}

/** What the scope remembers: tries, totals, and which model call is being acted on. */
function keepAccount({ scope, definition, facts, effect }: Action, span: Span, { status, costNanoUsd }: OutcomeRecord): void {
  if (definition.kind === 'model') {
    if (status === 'ok') scope.thread.lastModelSpanId = span.spanContext().spanId;
  } else if (status === 'ok') scope.ledger.succeeded(facts?.key, effect === 'read');
  else scope.ledger.failed(facts?.key, span.spanContext().spanId);
  const totals = scope.task?.totals;
  if (totals === undefined) return;
  totals.decisions += 1;
  if (status !== 'ok') totals.failed += 1;
  if (costNanoUsd !== undefined && Number.isFinite(costNanoUsd)) totals.costNanoUsd += costNanoUsd;
}
