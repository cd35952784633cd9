import { createHash, randomUUID } from 'node:crypto';
import { type Batch, type Bus, createKafkaBus, type LogMessage } from '@belay/bus';
import { type InputRecord, systemClock, TOPICS } from '@belay/protocol';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultDetectorConfig } from './config.ts';
import { createDetectorMetrics } from './metrics.ts';
import { PartitionWorker } from './pipeline/partition-worker.ts';
import { Pipeline } from './pipeline/pipeline.ts';

/** What a broker takes as one message by default, batch header included. */
const BROKER_MAX_BYTES = 1_048_588;
const TENANTS = 16;
const SETTINGS = 512;
const source = { group: 'g', topic: TOPICS.decisions, partition: 0 } as const;
const config = defaultDetectorConfig();

let kafka: KafkaForTests;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

/** The nth setting of a mode by label; its globs are digests, which no compression makes much shorter. */
function setting(n: number): InputRecord {
  const glob = createHash('sha512').update(String(n)).digest('hex');
  const label = { agentName: glob, environment: glob.slice(0, 64) };
  return { v: 1, record: 'mode', id: `m${n}`, tenant: `t${n % TENANTS}`, detector: 'loop', mode: 'warn', atUs: n, ...label };
}

function batchOf(from: number, to: number): Batch {
  const messages = Array.from({ length: to - from }, (_, i): LogMessage => {
    const value = Buffer.from(JSON.stringify(setting(Math.min(from + i, TENANTS * SETTINGS - 1))));
    return { topic: source.topic, partition: 0, offset: BigInt(from + i), key: 'k', value, headers: {}, timestampUs: 0 };
  });
  return { topic: source.topic, partition: 0, messages, highWatermark: BigInt(to) };
}

/** Judges a batch as the next owner of the partition, and hands the partition over. */
async function judge(bus: Bus, batch: Batch): Promise<Uint8Array | undefined> {
  const deps = { bus, clock: systemClock, metrics: createDetectorMetrics() };
  const worker = await PartitionWorker.open(source, new Pipeline(config), config, deps);
  await worker.process(batch);
  await worker.close();
  const { snapshots, nextOffset } = await bus.readCheckpoints(source);
  expect(nextOffset).toBe(batch.highWatermark);
  return snapshots.get('#partition');
}

test('state that is longer than a message of the broker is stored, taken over whole, and stored again', async () => {
  const bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'large', prefix: `${randomUUID()}.`, clock: systemClock });
  try {
    await bus.ensureTopics();
    const all = TENANTS * SETTINGS;
    const first = await judge(bus, batchOf(0, all));
    expect(first?.length).toBeGreaterThan(1.5 * BROKER_MAX_BYTES);
    // The newest setting once more changes nothing, but makes the state one to be stored.
    expect(await judge(bus, batchOf(all, all + 1))).toEqual(first);
  } finally {
    await bus.close();
  }
});
