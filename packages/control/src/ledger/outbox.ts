import { type AgentKey, type Anomaly, agentKey, type ControlEvent, type InputRecord, TOPICS } from '@belay/protocol';
import type { Work } from './work.ts';

type EventBody = ControlEvent extends infer Event ? (Event extends ControlEvent ? Omit<Event, 'v' | 'id' | 'atUs'> : never) : never;

/** Writes a control event; it is published after the commit, at least once, in order per agent. Call with the agent locked. */
export function emitEvent(work: Work, body: EventBody): void {
  const event = { ...body, v: 1, id: work.newId(), atUs: work.nowUs } as ControlEvent;
  work.publish({
    tenant: body.tenant,
    topic: TOPICS.control,
    key: agentKey(body.tenant, body.agentId),
    value: JSON.stringify(event),
    every_partition: false,
  });
}

/** Writes what detectors act on to the agent's partition of the decisions. */
export function emitInput(work: Work, tenant: string, key: AgentKey, record: InputRecord): void {
  work.publish({ tenant, topic: TOPICS.decisions, key, value: JSON.stringify(record), every_partition: false });
}

/** The same for all agents of the tenant: one record on every partition. */
export function emitInputEverywhere(work: Work, tenant: string, record: InputRecord): void {
  work.publish({ tenant, topic: TOPICS.decisions, key: agentKey(tenant, '*'), value: JSON.stringify(record), every_partition: true });
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
