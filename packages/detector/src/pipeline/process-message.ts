import { bytesOfLine, deadLetter, type LogMessage, linesOf, type OutgoingMessage, packLines } from '@belay/bus';
import { type Anomaly, agentKey, type ConversationStep, decodeLine, type Score, TOPICS } from '@belay/protocol';
import { anomalyToMessage } from './anomaly-to-message.ts';
import type { Pipeline } from './pipeline.ts';

/** What one message of the log led to. */
export interface Processed {
  readonly anomalies: readonly Anomaly[];
  /** Anomalies, steps of conversations, readings and dead letters, to be published before the message counts as done. */
  readonly outgoing: readonly OutgoingMessage[];
  /** Something in `outgoing` cannot wait for the rest of the batch: an anomaly stops an agent. */
  readonly isUrgent: boolean;
  readonly lines: number;
  readonly malformed: number;
}

const encoder = new TextEncoder();

/**
 * Feeds every line of a message to the pipeline. A line that cannot be read, or at which a detector fails, becomes a dead letter; its neighbours
 * are judged: one record must not end the watch over all agents, again at each restart.
 */
export function processMessage(
  message: LogMessage,
  pipeline: Pick<Pipeline, 'push' | 'takeScores' | 'takeSteps'>,
  nowUs: number,
): Processed {
  const anomalies: Anomaly[] = [];
  const letters: OutgoingMessage[] = [];
  const lines = linesOf(message);
  for (const line of lines) {
    const judged = judgeLine(line.text, pipeline, nowUs);
    if ('anomalies' in judged) anomalies.push(...judged.anomalies);
    else letters.push(deadLetter(message, line.index, bytesOfLine(message, line), { reason: judged.reason, timestampUs: nowUs }));
  }
  return {
    anomalies,
    outgoing: [
      ...anomalies.map(anomalyToMessage),
      ...pipeline.takeSteps().map(stepToMessage),
      ...scoresToMessages(pipeline.takeScores(), message.timestampUs),
      ...letters,
    ],
    isUrgent: anomalies.length > 0,
    lines: lines.length,
    malformed: letters.length,
  };
}

function judgeLine(
  text: string,
  pipeline: Pick<Pipeline, 'push'>,
  nowUs: number,
): { readonly anomalies: readonly Anomaly[] } | { readonly reason: string } {
  const decoded = decodeLine(text);
  if ('malformed' in decoded) return { reason: decoded.malformed };
  try {
    return { anomalies: pipeline.push('event' in decoded ? decoded.event : decoded.input, nowUs) };
  } catch (error) {
    return { reason: `the detectors failed at this record: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Readings as messages of `belay.scores.v1`, those of one agent together, of the platform's time at which what they were made of was received. */
function scoresToMessages(scores: readonly Score[], timestampUs: number): OutgoingMessage[] {
  const rows: { readonly first: Score; readonly lines: string[] }[] = [];
  for (const score of scores) {
    const row = rows.at(-1);
    if (row?.first.agentId === score.agentId && row.first.tenant === score.tenant) row.lines.push(JSON.stringify(score));
    else rows.push({ first: score, lines: [JSON.stringify(score)] });
  }
  return rows.flatMap(({ first, lines }) =>
    packLines({ topic: TOPICS.scores, key: agentKey(first.tenant, first.agentId), lines, timestampUs }),
  );
}

/** One step as a message of `belay.conversations.v1`: the steps of one tree come together. */
const stepToMessage = (step: ConversationStep): OutgoingMessage => ({
  topic: TOPICS.conversations,
  key: agentKey(step.tenant, step.rootSessionId),
  value: encoder.encode(JSON.stringify(step)),
  timestampUs: step.receivedUs,
});
