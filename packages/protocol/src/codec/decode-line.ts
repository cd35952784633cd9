import { type DecisionEvent, decisionEventSchema } from '../event/decision-event.ts';
import { type InputRecord, inputRecordSchema } from '../event/input-record.ts';
import { firstProblem } from './first-problem.ts';

/** What a line of `belay.decisions.v1` is. */
export type DecodedLine = { readonly event: DecisionEvent } | { readonly input: InputRecord } | { readonly malformed: string };

/** Reads one line of `belay.decisions.v1`. Never throws; what is neither an event nor an input record is `malformed` with the reason. */
export function decodeLine(line: string): DecodedLine {
  const value = parse(line);
  if (value === undefined) return { malformed: 'no JSON' };
  if (typeof value === 'object' && value !== null && 'record' in value) {
    const input = inputRecordSchema.safeParse(value);
    return input.success ? { input: input.data } : { malformed: firstProblem(input.error) };
  }
  const event = decisionEventSchema.safeParse(value);
  return event.success ? { event: event.data } : { malformed: firstProblem(event.error) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
