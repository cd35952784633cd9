import { type DecisionEvent, decisionEventSchema } from '../event/decision-event.ts';
import { type InputRecord, inputRecordSchema } from '../event/input-record.ts';
import { isDecisionEvent } from './event-check.ts';
import { firstProblem } from './first-problem.ts';
import { isInputRecord } from './input-record-check.ts';
import { parseJson } from './parse-json.ts';

/** What a line of `belay.decisions.v1` is. */
export type DecodedLine = { readonly event: DecisionEvent } | { readonly input: InputRecord } | { readonly malformed: string };

/**
 * Reads one line of `belay.decisions.v1`. Never throws; what is neither an event nor an input record is `malformed` with the first reason, which
 * holds nothing of the line. Accepts exactly what the schemas accept, at a fraction of their cost: they are asked only why a line is bad.
 */
export function decodeLine(line: string): DecodedLine {
  const value = parseJson(line);
  if (value === undefined) return { malformed: 'no JSON' };
  if (isDecisionEvent(value)) return { event: value as DecisionEvent };
  if (isInputRecord(value)) return { input: value as InputRecord };
  return { malformed: reasonOf(value) };
}

function reasonOf(value: unknown): string {
  const isRecord = typeof value === 'object' && value !== null && 'record' in value;
  const { error } = (isRecord ? inputRecordSchema : decisionEventSchema).safeParse(value);
  return error === undefined ? 'does not match the schema' : firstProblem(error);
}
