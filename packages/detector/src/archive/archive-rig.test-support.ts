import type { Bus, LogMessage } from '@belay/bus';
import { type Anomaly, agentKey, type ControlEvent, type DecisionEvent, encodeEvent, TOPICS, type Topic } from '@belay/protocol';
import { decision } from '@belay/testkit';

/** An hour ago: retention is by the platform's clock. */
export const BASE_US: number = (Date.now() - 3_600_000) * 1000;

/** A decision received near now, by one of three agents. */
export const recent = (n: number, overrides: Parameters<typeof decision>[0] = {}): DecisionEvent => {
  const startUs = BASE_US + n * 1000;
  return decision({ n, agentId: `agent-${n % 3}`, startUs, receivedUs: startUs + 500, ...overrides });
};

export const runState = (n: number): ControlEvent => ({
  v: 1,
  id: `event-${n}`,
  tenant: 'acme',
  agentId: 'agent-1',
  atUs: BASE_US + n,
  actor: 'control',
  type: 'run.state',
  runId: 'run-1',
  to: 'paused',
});

/** One message with these lines under the key of an agent. */
export async function publishLines(bus: Bus, topic: Topic, lines: readonly string[], agentId = 'agent-1'): Promise<void> {
  await bus.publisher.publish([{ topic, key: agentKey('acme', agentId), value: Buffer.from(lines.join('\n')), timestampUs: BASE_US }]);
}

/** One message each, in one publish. */
export const publishDecisions = (bus: Bus, events: readonly DecisionEvent[]): Promise<void> =>
  bus.publisher.publish(
    events.map((event) => ({
      topic: TOPICS.decisions,
      key: agentKey(event.tenant, event.agent.id),
      value: Buffer.from(encodeEvent(event)),
      timestampUs: event.receivedUs,
    })),
  );

export const publishAnomaly = (bus: Bus, anomaly: Anomaly): Promise<void> => publishLines(bus, TOPICS.anomalies, [JSON.stringify(anomaly)]);

export const publishControl = (bus: Bus, event: ControlEvent): Promise<void> => publishLines(bus, TOPICS.control, [JSON.stringify(event)]);

/** Everything on a topic so far, by a group of its own, in the order of each partition. */
export async function readAll(bus: Bus, topic: Topic, atLeast: number): Promise<readonly LogMessage[]> {
  const messages: LogMessage[] = [];
  const consumer = await bus.consume({
    group: `reader-${topic}-${Math.random()}`,
    topics: [topic],
    startFrom: 'earliest',
    handler: {
      onBatch: async (batch) => {
        messages.push(...batch.messages);
      },
    },
  });
  await eventually(async () => messages.length >= atLeast);
  await consumer.stop();
  return messages;
}

/** Polls until true. @throws Error after `timeoutMs`. */
export async function eventually(check: () => Promise<boolean>, timeoutMs = 100_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not so after ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
