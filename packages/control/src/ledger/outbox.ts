import { type AgentKey, type Anomaly, agentKey, type ControlEvent, type InputRecord, TOPICS } from '@belay/protocol';
import type { Work } from './work.ts';

type EventBody = ControlEvent extends infer Event ? (Event extends ControlEvent ? Omit<Event, 'v' | 'id' | 'atUs'> : never) : never;

/** Writes a control event; it is published after the commit, at least once, in order per agent. Call with the agent locked. */
export async function emitEvent(work: Work, body: EventBody): Promise<void> {
  const event = { ...body, v: 1, id: work.newId(), atUs: work.nowUs } as ControlEvent;
  await put(work, { tenant: body.tenant, topic: TOPICS.control, key: agentKey(body.tenant, body.agentId), value: JSON.stringify(event) });
}

/** Writes what detectors act on to the agent's partition of the decisions. */
export async function emitInput(work: Work, tenant: string, key: AgentKey, record: InputRecord): Promise<void> {
  await put(work, { tenant, topic: TOPICS.decisions, key, value: JSON.stringify(record) });
}

/** The same for all agents of the tenant: one record on every partition. */
export async function emitInputEverywhere(work: Work, tenant: string, record: InputRecord): Promise<void> {
  await put(work, { tenant, topic: TOPICS.decisions, key: agentKey(tenant, '*'), value: JSON.stringify(record), everyPartition: true });
}

/** Writes an anomaly that control itself has found. */
export async function emitAnomaly(work: Work, anomaly: Anomaly): Promise<void> {
  await put(work, {
    tenant: anomaly.tenant,
    topic: TOPICS.anomalies,
    key: agentKey(anomaly.tenant, anomaly.agentId),
    value: JSON.stringify(anomaly),
  });
}

async function put(
  work: Work,
  row: { tenant: string; topic: string; key: string; value: string; everyPartition?: boolean },
): Promise<void> {
  await work.tx
    .insertInto('outbox')
    .values({
      tenant: row.tenant,
      topic: row.topic,
      key: row.key,
      value: row.value,
      every_partition: row.everyPartition ?? false,
      timestamp_us: work.nowUs,
      published_us: null,
    })
    .execute();
  work.outboxChanged();
}
