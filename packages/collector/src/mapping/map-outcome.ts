import {
  classifyError,
  destinationsInText,
  type EventKind,
  isEmptyResult,
  type Outcome,
  type OutcomeStatus,
  resultDigest,
  textDigest,
  vocabulary,
} from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { RawSpan, SlotValues } from '../otlp/raw-span.ts';
import { type Content, contentPreview, textForRecord } from './content.ts';
import type { MappingOptions } from './mapping-options.ts';
import { cut, readBoolean, readCount, readText, readTexts, readWord } from './read-value.ts';

const STATUS_ERROR = 2;
const MENTIONS_MAX = 32;
/** Of a longer result only the beginning is searched for destinations. */
const MENTIONS_WINDOW = 65_536;

/** How a decision ended: what the span says, and what follows from its result or its error where the span is silent. */
export function mapOutcome(kind: EventKind, span: RawSpan, result: Content | undefined, options: MappingOptions): Outcome {
  const { values } = span;
  const outcome: Outcome = { status: statusOf(span) };
  const message = span.statusMessage || (readText(values[SLOT.exceptionMessage], 4096) ?? '');
  addError(outcome, values, message);
  if (result !== undefined) addResult(outcome, kind, result, options);
  else if (message !== '' && isFailure(outcome.status)) addErrorText(outcome, message, options);
  addGiven(outcome, values, options);
  return outcome;
}

const isFailure = (status: OutcomeStatus): boolean => status === 'error' || status === 'timeout' || status === 'uncertain';

function statusOf(span: RawSpan): OutcomeStatus {
  const { values } = span;
  const given = readWord(values[SLOT.outcomeStatus], vocabulary.OUTCOME_STATUSES);
  if (given !== undefined) return given;
  if (values[SLOT.policyAction] === 'blocked') return 'blocked';
  const type = values[SLOT.errorType] ?? values[SLOT.exceptionType];
  if (span.statusCode !== STATUS_ERROR && values[SLOT.errorType] === undefined) return 'ok';
  if (typeof type !== 'string') return 'error';
  if (/time.?out|deadline.?exceeded/i.test(type)) return 'timeout';
  return /abort|cancel/i.test(type) ? 'cancelled' : 'error';
}

function addError(outcome: Outcome, values: SlotValues, message: string): void {
  const type = readText(values[SLOT.errorType] ?? values[SLOT.exceptionType], 256);
  if (type !== undefined) outcome.errorType = type;
  const given = readWord(values[SLOT.outcomeErrorClass], vocabulary.ERROR_CLASSES);
  if (given !== undefined) outcome.errorClass = given;
  else if (isFailure(outcome.status)) {
    const statusCode = readCount(values[SLOT.httpStatus]);
    outcome.errorClass = classifyError({
      ...(type === undefined ? {} : { type }),
      ...(message === '' ? {} : { message: cut(message, 4096) }),
      ...(statusCode === undefined ? {} : { statusCode }),
    });
  }
}

function addResult(outcome: Outcome, kind: EventKind, result: Content, options: MappingOptions): void {
  outcome.resultDigest = resultDigest(result.value, options.volatileKeys === undefined ? {} : { volatileKeys: options.volatileKeys });
  outcome.resultBytes = Buffer.byteLength(result.text);
  const shown = contentPreview(result, options.previews, options.previewMaxBytes);
  if (shown !== undefined) outcome.resultPreview = shown;
  outcome.empty = isEmptyResult(result.value);
  if (kind === 'model') return;
  const mentions = destinationsInText(result.text.slice(0, MENTIONS_WINDOW), MENTIONS_MAX);
  if (mentions.length > 0) outcome.mentions = mentions;
}

/** The error's text is what the agent got back: two equal failures are recognised by it, two different ones told apart. */
function addErrorText(outcome: Outcome, message: string, options: MappingOptions): void {
  outcome.resultDigest = textDigest(message);
  const shown = contentPreview({ value: message, text: message }, options.previews, options.previewMaxBytes);
  if (shown !== undefined) outcome.resultPreview = shown;
}

/** What the agent's side worked out on the full values is better than what can be had here from cut ones. */
function addGiven(outcome: Outcome, values: SlotValues, options: MappingOptions): void {
  const digest = readText(values[SLOT.outcomeResultDigest], 96);
  if (digest !== undefined) outcome.resultDigest = digest;
  const bytes = readCount(values[SLOT.outcomeResultBytes]);
  if (bytes !== undefined) outcome.resultBytes = bytes;
  const empty = readBoolean(values[SLOT.outcomeEmpty]);
  if (empty !== undefined) outcome.empty = empty;
  const summary = readText(values[SLOT.outcomeSummary], 1024);
  if (summary !== undefined) outcome.summary = cut(textForRecord(summary, options.previews), 1024);
  const affected = readCount(values[SLOT.outcomeAffected]);
  if (affected !== undefined) outcome.affected = affected;
  const mentions = readTexts(values[SLOT.outcomeMentions], MENTIONS_MAX, 512);
  if (mentions !== undefined) outcome.mentions = mentions;
}
