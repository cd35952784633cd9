import type { z } from 'zod';
import { type Anomaly, anomalySchema } from '../anomaly/anomaly.ts';
import { type Score, scoreSchema } from '../anomaly/score.ts';
import { type ControlEvent, controlEventSchema } from '../control/control-event.ts';
import { type ConversationStep, conversationStepSchema } from '../event/conversation-step.ts';
import { firstProblem } from './first-problem.ts';
import { parseJson } from './parse-json.ts';

export type Decoded<T> = { readonly value: T } | { readonly malformed: string };

/** Reads a value of `belay.anomalies.v1`. Never throws. */
export const decodeAnomaly = (text: string): Decoded<Anomaly> => decode(anomalySchema, text);

/** Reads a value of `belay.control.v1`. Never throws. */
export const decodeControlEvent = (text: string): Decoded<ControlEvent> => decode(controlEventSchema, text);

/** Reads a value of `belay.scores.v1`. Never throws. */
export const decodeScore = (text: string): Decoded<Score> => decode(scoreSchema, text);

/** Reads a line of `belay.conversations.v1` that is a step. Never throws. */
export const decodeConversationStep = (text: string): Decoded<ConversationStep> => decode(conversationStepSchema, text);

function decode<T>(schema: z.ZodType<T>, text: string): Decoded<T> {
  const parsed = parseJson(text);
  if (parsed === undefined) return { malformed: 'no JSON' };
  const result = schema.safeParse(parsed);
  return result.success ? { value: result.data } : { malformed: firstProblem(result.error) };
}
