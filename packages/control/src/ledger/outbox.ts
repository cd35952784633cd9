import { type Anomaly, agentKey, type ControlEvent, inputOfControlEvent, TOPICS } from '@belay/protocol';
import type { Work } from './work.ts';

type EventBody = ControlEvent extends infer Event ? (Event extends ControlEvent ? Omit<Event, 'v' | 'id' | 'atUs'> : never) : never;

/**
 * Writes a control event, and what detectors are told of it: both are published after the commit, at least once, in order per agent. Call
 * with the agent locked.
 */
export function emitEvent(work: Work, body: EventBody): void {
  const event = { ...body, v: 1, id: work.newId(), atUs: work.nowUs } as ControlEvent;
  const { tenant } = body;
  const key = agentKey(tenant, body.agentId);
  work.publish({ tenant, topic: TOPICS.control, key, value: JSON.stringify(event), every_partition: false });
  const input = inputOfControlEvent(event);
  if (input === undefined) return;
  const every_partition = input.record === 'mode' && input.agentId === undefined;
  work.publish({ tenant, topic: TOPICS.decisions, key, value: JSON.stringify(input), every_partition });
}

/** Writes an anomaly that control itself has found. */
export function emitAnomaly(work: Work, anomaly: Anomaly): void {
  work.publish({
    tenant: anomaly.tenant,
    topic: TOPICS.anomalies,
    key: agentKey(anomaly.tenant, anomaly.agentId),
    value: JSON.stringify(anomaly),
    every_partition: false,
  });
}
