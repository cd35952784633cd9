import { bytesOfLine, deadLetter, type LogMessage, linesOf, type OutgoingMessage } from '@belay/bus';
import { type Anomaly, agentKey, decodeLine, type Score, TOPICS } from '@belay/protocol';
import type { Pipeline } from './pipeline.ts';

/** What one message of the log led to. */
export interface Processed {
  readonly anomalies: readonly Anomaly[];
  /** Anomalies, readings and dead letters, to be published before the message counts as done. */
  readonly outgoing: readonly OutgoingMessage[];
  readonly lines: number;
  readonly malformed: number;
}

const encoder = new TextEncoder();

/**
 * Feeds every line of a message to the pipeline. A line that cannot be read, or at which a detector fails, becomes a dead letter; its neighbours
 * are judged: one record must not end the watch over all agents, again at each restart.
 */
export function processMessage(message: LogMessage, pipeline: Pick<Pipeline, 'push' | 'takeScores'>, nowUs: number): Processed {
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
    outgoing: [...anomalies.map(anomalyToMessage), ...pipeline.takeScores().map(scoreToMessage), ...letters],
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

/** One anomaly as a message of `belay.anomalies.v1`. */
const anomalyToMessage = (anomaly: Anomaly): OutgoingMessage => ({
  topic: TOPICS.anomalies,
  key: agentKey(anomaly.tenant, anomaly.agentId),
  value: encoder.encode(JSON.stringify(anomaly)),
  timestampUs: anomaly.detectedUs,
});

/** One reading as a message of `belay.scores.v1`. */
const scoreToMessage = (score: Score): OutgoingMessage => ({
  topic: TOPICS.scores,
  key: agentKey(score.tenant, score.agentId),
  value: encoder.encode(JSON.stringify(score)),
  timestampUs: score.atUs,
});
