import type { OutgoingMessage } from '@belay/bus';
import { type Anomaly, agentKey, TOPICS } from '@belay/protocol';

const encoder = new TextEncoder();

/** One anomaly as a message of `belay.anomalies.v1`. */
export const anomalyToMessage = (anomaly: Anomaly): OutgoingMessage => ({
  topic: TOPICS.anomalies,
  key: agentKey(anomaly.tenant, anomaly.agentId),
  value: encoder.encode(JSON.stringify(anomaly)),
  timestampUs: anomaly.detectedUs,
});
