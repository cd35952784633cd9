import { randomUUID } from 'node:crypto';
import { systemClock, TOPICS } from '@belay/protocol';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import type { Producer } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Bus } from './bus.ts';
import { createKafkaBus } from './kafka/kafka-bus.ts';
import { kafkajs } from './kafka/kafkajs.ts';
import { statePrefix } from './state-key.ts';

/* A producer with the transactional id of a writer of ours, but none of ours: it breaks the rules. */
const SOURCE = { group: 'detector', topic: TOPICS.decisions, partition: 0 } as const;
let kafka: KafkaForTests;
let bus: Bus;
let intruder: Producer;
let hang: () => Promise<{ commit(): Promise<void> }>;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());
beforeEach(async () => {
  const prefix = `${randomUUID()}.`;
  bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'test', prefix, clock: systemClock });
  await bus.ensureTopics();
  const client = new kafkajs.Kafka({ brokers: [kafka.bootstrap], logLevel: kafkajs.logLevel.NOTHING });
  intruder = client.producer({ transactionalId: `${prefix}detector/${TOPICS.decisions}/0`, idempotent: true, maxInFlightRequests: 1 });
  await intruder.connect();
  hang = async () => {
    const transaction = await intruder.transaction();
    await transaction.send({
      topic: prefix + TOPICS.detectorState,
      messages: [{ key: `${statePrefix(SOURCE)}k`, value: 'uncommitted', partition: 0 }],
    });
    return transaction;
  };
});
afterEach(async () => {
  await intruder.disconnect();
  await bus.close();
});

const valueOfK = async (): Promise<string> => Buffer.from((await bus.readCheckpoints(SOURCE)).snapshots.get('k') ?? []).toString();

test('state of a transaction that was not committed is not read, and does not hold the reader up once a newer writer has opened', async () => {
  const hanging = await hang();
  const writer = await bus.openCheckpoints(SOURCE);
  expect(await bus.readCheckpoints(SOURCE)).toEqual({ snapshots: new Map(), nextOffset: undefined });
  await expect(hanging.commit()).rejects.toThrow();
  await writer.checkpoint([{ key: 'k', value: Buffer.from('committed') }], 5n);
  expect(await valueOfK()).toBe('committed');
});

test('a writer fenced by a producer that never took office goes on, past the transaction that one has left open', async () => {
  const writer = await bus.openCheckpoints(SOURCE);
  await writer.checkpoint([{ key: 'k', value: Buffer.from('first') }], 1n);
  const hanging = await hang();
  await writer.checkpoint([{ key: 'k', value: Buffer.from('second') }], 2n);
  expect(await valueOfK()).toBe('second');
  await expect(hanging.commit()).rejects.toThrow();
});

test('two members that open at the same time end with exactly one writer', async () => {
  const writers = await Promise.all([bus.openCheckpoints(SOURCE), bus.openCheckpoints(SOURCE)]);
  const results = await Promise.allSettled(
    writers.map((writer, index) => writer.checkpoint([{ key: 'k', value: Buffer.from(String(index)) }], 3n)),
  );
  const winner = results.findIndex(({ status }) => status === 'fulfilled');
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'fenced' } });
  expect(await valueOfK()).toBe(String(winner));
});
