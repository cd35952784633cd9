import type { Bus } from '@belay/bus';
import { type Anomaly, decodeAnomaly, TOPICS } from '@belay/protocol';

/** Polls until `condition` holds. @throws Error after 10 s. */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 100_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('The condition did not hold in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let groups = 0;

/** Everything on the anomalies topic, once at least `count` of them are there. */
export async function collectAnomalies(bus: Bus, count: number): Promise<Anomaly[]> {
  const found: Anomaly[] = [];
  const consumer = await bus.consume({
    group: `collect-${process.pid}-${groups++}`,
    topics: [TOPICS.anomalies],
    startFrom: 'earliest',
    handler: {
      onBatch: async ({ messages }) => {
        for (const { value } of messages) {
          const decoded = decodeAnomaly(Buffer.from(value ?? []).toString());
          if ('value' in decoded) found.push(decoded.value);
        }
      },
    },
  });
  await until(() => found.length >= count);
  await consumer.stop();
  return found;
}
