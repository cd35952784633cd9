import { ATTR, assessDivergence, classifyError, type OutcomeStatus, textDigest } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { Action } from '../guard/action.ts';
import type { GuardRuntime } from '../guard/guard-runtime.ts';
import { safely } from '../guard/safely.ts';
import { sentence } from './content.ts';
import { isNanoUsd } from './decision-attributes.ts';
import { type ResultSnapshot, resultAttributes } from './result-attributes.ts';

/** What came of an action, in snapshots: nothing of the host's objects is kept. */
export interface OutcomeRecord {
  readonly status: OutcomeStatus;
  readonly result: ResultSnapshot | undefined;
  readonly error: ErrorFacts | undefined;
  readonly summary: string | undefined;
  readonly affected: number | undefined;
  readonly costNanoUsd: number | undefined;
  /** What the author's `expect` said. */
  readonly expectation: string | undefined;
  /** What only this kind of action knows. */
  readonly extra: Attributes | undefined;
}

export interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly statusCode: number | undefined;
  readonly timedOut: boolean;
}

/** The attributes of an outcome. Never throws: what cannot be described is left out. */
export function outcomeAttributes(runtime: GuardRuntime, action: Action, record: OutcomeRecord): Attributes {
  const attributes: Attributes = { [ATTR.outcomeStatus]: record.status, ...record.extra };
  if (record.summary !== undefined) attributes[ATTR.outcomeSummary] = sentence(record.summary);
  if (Number.isSafeInteger(record.affected)) attributes[ATTR.outcomeAffected] = record.affected;
  if (isNanoUsd(record.costNanoUsd)) attributes[ATTR.costNanoUsd] = record.costNanoUsd;
  const { result, error } = record;
  if (result !== undefined)
    Object.assign(
      attributes,
      safely(() => resultAttributes(action.definition.kind, result, runtime.config), undefined),
    );
  if (error !== undefined) addError(attributes, error);
  safely(() => addDivergence(attributes, action, record), undefined);
  return attributes;
}

function addError(attributes: Attributes, error: ErrorFacts): void {
  attributes[ATTR.errorType] = error.type;
  if (error.message !== '') attributes[ATTR.outcomeResultDigest] = textDigest(error.message);
  attributes[ATTR.outcomeErrorClass] = error.timedOut ? 'transient' : classifyError(error);
}

function addDivergence(attributes: Attributes, { definition, options, effect, facts }: Action, record: OutcomeRecord): void {
  const { status, expectation, affected, result } = record;
  if (options.intent === undefined && expectation === undefined) return;
  const value = result === undefined || result.isText ? result?.text : (JSON.parse(result.text) as unknown);
  const divergence = assessDivergence({
    intent: options.intent,
    call: { name: definition.name, effect, arguments: facts?.value },
    outcome: { status, result: value, empty: attributes[ATTR.outcomeEmpty] === true, affected },
    expectation,
  });
  if (divergence === undefined) return;
  attributes[ATTR.divergenceScore] = divergence.score;
  attributes[ATTR.divergenceReasons] = divergence.reasons;
}
