import { ATTR, assessDivergence, classifyError, type OutcomeStatus, textDigest } from '@belay/protocol';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { capturedMessage, sentence } from '../span/content.ts';
import { isNanoUsd } from '../span/decision-attributes.ts';
import { resultAttributes } from '../span/result-attributes.ts';
import type { Action } from './action.ts';
import type { Execution } from './execute-step.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { isActionRefusal } from './refusals.ts';
import { safely } from './safely.ts';

/** Step 9: what came of it, on the span: `expect`, divergence, digest, mentions, cost, redaction. Ends the span. */
export function outcomeStep(runtime: GuardRuntime, action: Action, span: Span, execution: Execution): void {
  const status = statusOf(action, execution);
  try {
    describe(runtime, action, span, { execution, status });
  } catch (error) {
    runtime.warnOnce(
      'outcome',
      `An outcome of ${action.definition.name} could not be described (${error instanceof Error ? error.name : 'unknown error'}).`,
    );
  }
  if (status === 'ok' && (action.effect === 'read' || action.definition.kind === 'model')) span.end();
  else runtime.recorder.endNow(span);
}

interface Ended {
  readonly execution: Execution;
  readonly status: OutcomeStatus;
}

function describe(runtime: GuardRuntime, action: Action, span: Span, { execution, status }: Ended): void {
  const attributes: Attributes = {};
  attributes[ATTR.outcomeStatus] = status;
  if (execution.kind === 'returned') addResult(attributes, runtime, action, execution.result);
  else addFailure(attributes, runtime, span, execution);
  addDivergence(attributes, action, execution, status);
  span.setAttributes(attributes);
  keepAccount(action, span, status, attributes);
}

function statusOf(action: Action, execution: Execution): OutcomeStatus {
  if (execution.kind === 'returned') return 'ok';
  if (execution.kind === 'threw') return isActionRefusal(execution.error) ? 'blocked' : 'error';
  if (execution.by === 'timeout') return 'timeout';
  return action.effect === 'read' ? 'cancelled' : 'uncertain';
}

function addResult(attributes: Attributes, runtime: GuardRuntime, action: Action, result: unknown): void {
  const { definition, input } = action;
  resultAttributes(attributes, runtime, definition.kind, result);
  if (definition.resultAttributes !== undefined)
    Object.assign(
      attributes,
      safely(() => definition.resultAttributes?.(result), undefined),
    );
  if (definition.summary !== undefined) {
    const summary = safely(() => definition.summary?.(input, result), undefined);
    if (typeof summary === 'string') attributes[ATTR.outcomeSummary] = sentence(summary);
  }
  if (definition.affected !== undefined) {
    const affected = safely(() => definition.affected?.(input, result), undefined);
    if (Number.isSafeInteger(affected)) attributes[ATTR.outcomeAffected] = affected;
  }
  const cost = actualCost(action, result);
  if (isNanoUsd(cost)) attributes[ATTR.costNanoUsd] = cost;
}

/** What it cost: the author's reading of the result, else the price that was named before. */
function actualCost({ definition, input }: Action, result: unknown): number | undefined {
  const actual = definition.actualCost === undefined ? undefined : safely(() => definition.actualCost?.(input, result), undefined);
  return actual ?? (definition.cost === undefined ? undefined : safely(() => definition.cost?.(input), undefined));
}

function addFailure(attributes: Attributes, runtime: GuardRuntime, span: Span, execution: Exclude<Execution, { kind: 'returned' }>): void {
  const error = execution.kind === 'threw' ? execution.error : execution.reason;
  const { type, message, statusCode } = errorFacts(error);
  attributes[ATTR.errorType] = type;
  if (message !== '') attributes[ATTR.outcomeResultDigest] = textDigest(message);
  const byTimeout = execution.kind === 'stopped' && execution.by === 'timeout';
  attributes[ATTR.outcomeErrorClass] = byTimeout ? 'transient' : classifyError({ type, message, statusCode });
  const shown = capturedMessage(runtime.config.content, message);
  span.setStatus(shown === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message: shown });
}

function errorFacts(error: unknown): { type: string; message: string; statusCode: number | undefined } {
  if (typeof error !== 'object' || error === null)
    return { type: typeof error, message: String(error).slice(0, 2000), statusCode: undefined };
  const { name, code, message, status, statusCode } = error as Readonly<Record<string, unknown>>;
  const given = statusCode ?? status;
  const type = typeof code === 'string' ? code : typeof name === 'string' && name !== '' ? name : 'Error';
  return {
    type: type.slice(0, 256),
    message: typeof message === 'string' ? message.slice(0, 2000) : '',
    statusCode: typeof given === 'number' ? given : undefined,
  };
}

function addDivergence(attributes: Attributes, action: Action, execution: Execution, status: OutcomeStatus): void {
  const { definition, options, input } = action;
  const result = execution.kind === 'returned' ? execution.result : undefined;
  const expectation =
    definition.expect === undefined || execution.kind !== 'returned'
      ? undefined
      : safely(() => definition.expect?.(input, result), undefined);
  if (options.intent === undefined && expectation === undefined) return;
  const divergence = safely(
    () =>
      assessDivergence({
        intent: options.intent,
        call: { name: definition.name, effect: action.effect, arguments: action.facts?.value },
        outcome: {
          status,
          result,
          empty: attributes[ATTR.outcomeEmpty] === true,
          affected: attributes[ATTR.outcomeAffected] as number | undefined,
        },
        expectation: typeof expectation === 'string' ? expectation : undefined,
      }),
    undefined,
  );
  if (divergence === undefined) return;
  attributes[ATTR.divergenceScore] = divergence.score;
  attributes[ATTR.divergenceReasons] = divergence.reasons;
}

/** What the scope remembers: tries, totals, and which model call is being acted on. */
function keepAccount(action: Action, span: Span, status: OutcomeStatus, attributes: Attributes): void {
  const { scope, definition, facts } = action;
  const { spanId } = span.spanContext();
  if (definition.kind === 'model') {
    if (status === 'ok') scope.thread.lastModelSpanId = spanId;
  } else if (status === 'ok') scope.ledger.succeeded(facts?.digest);
  else scope.ledger.failed(facts?.digest, spanId);
  const totals = scope.task?.totals;
  if (totals === undefined) return;
  totals.decisions += 1;
  if (status !== 'ok') totals.failed += 1;
  const cost = attributes[ATTR.costNanoUsd];
  if (typeof cost === 'number') totals.costNanoUsd += cost;
}
