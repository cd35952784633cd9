import { bytesOfLine, deadLetter, type LogMessage, linesOf, type OutgoingMessage } from '@belay/bus';
import { type AgentKey, type Anomaly, agentKey, decodeLine, TOPICS } from '@belay/protocol';
import type { Pipeline } from './pipeline.ts';

/** What one message of the log led to. */
export interface Processed {
  readonly anomalies: readonly Anomaly[];
  /** Anomalies and dead letters, to be published before the message counts as done. */
  readonly outgoing: readonly OutgoingMessage[];
  readonly lines: number;
  readonly malformed: number;
}

const encoder = new TextEncoder();

/** Feeds every line of a message to the pipeline; a line that cannot be read becomes a dead letter, its neighbours are judged. */
export function processMessage(message: LogMessage, pipeline: Pipeline, nowUs: number): Processed {
  const anomalies: Anomaly[] = [];
  const letters: OutgoingMessage[] = [];
  const lines = linesOf(message);
  for (const line of lines) {
    const decoded = decodeLine(line.text);
    if ('malformed' in decoded)
      letters.push(deadLetter(message, line.index, bytesOfLine(message, line), { reason: decoded.malformed, timestampUs: nowUs }));
    else anomalies.push(...pipeline.push('event' in decoded ? decoded.event : decoded.input, nowUs));
  }
  return { anomalies, outgoing: [...anomalies.map(anomalyToMessage), ...letters], lines: lines.length, malformed: letters.length };
}

/** One anomaly as a message of `belay.anomalies.v1`. */
function anomalyToMessage(anomaly: Anomaly): OutgoingMessage {
  const key: AgentKey = agentKey(anomaly.tenant, anomaly.agentId);
  return { topic: TOPICS.anomalies, key, value: encoder.encode(JSON.stringify(anomaly)), timestampUs: anomaly.detectedUs };
}
