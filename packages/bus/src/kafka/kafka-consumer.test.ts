import { setImmediate as nextTurn } from 'node:timers/promises';
import { BelayError, TOPICS } from '@belay/protocol';
import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import type { ConsumerHandler } from '../bus.ts';
import { startKafkaConsumer } from './kafka-consumer.ts';
import { createKafkaNames } from './kafka-names.ts';

const TOPIC = TOPICS.decisions;

/** The part of a kafkajs consumer that decides when a member joins and what it gets; nothing is sent anywhere. */
function fakeClient() {
  const listeners = new Map<string, (event: object) => void>();
  const paused = new Set<number>();
  let eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  const join = (memberId: string, partitions: readonly number[]): void =>
    listeners.get('join')?.({ payload: { memberId, memberAssignment: { [TOPIC]: partitions } } });
  const consumer = {
    events: { GROUP_JOIN: 'join', CRASH: 'crash' },
    on: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    disconnect: async () => undefined,
    commitOffsets: async () => undefined,
    seek: () => undefined,
    pause: (topics: { partitions: number[] }[]) => {
      for (const one of topics.flatMap(({ partitions }) => partitions)) paused.add(one);
    },
    resume: (topics: { partitions: number[] }[]) => {
      for (const one of topics.flatMap(({ partitions }) => partitions)) paused.delete(one);
    },
    run: async (options: { eachBatch: typeof eachBatch }) => {
      eachBatch = options.eachBatch;
      join('first', [0]);
    },
  };
  const deliver = (): Promise<void> | undefined => {
    const message = { offset: '0', key: Buffer.from('acme/a'), value: Buffer.from('x'), timestamp: '0', headers: {} };
    const payload = {
      batch: { topic: TOPIC, partition: 0, highWatermark: '1', messages: [message] },
      isStale: () => false,
      heartbeat: async () => undefined,
      resolveOffset: () => undefined,
      commitOffsetsIfNecessary: async () => undefined,
    };
    return eachBatch?.(payload as unknown as EachBatchPayload);
  };
  return { client: { consumer: () => consumer } as unknown as Kafka, join, deliver, paused };
}

const start = (client: Kafka, handler: ConsumerHandler) =>
  startKafkaConsumer(
    { group: 'g', topics: [TOPIC], startFrom: 'earliest', commit: 'manual', handler },
    { newClient: () => client, names: createKafkaNames(''), admin: {} as Admin, onEnded: () => undefined },
  );

async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn();
}

test('a partition that is lost while it is being restored is revoked after that, so that nothing of it is left open', async () => {
  const { client, join } = fakeClient();
  const restored = Promise.withResolvers<void>();
  const events: string[] = [];
  const consumer = await start(client, {
    onAssigned: async () => {
      await restored.promise;
      events.push('restored');
      return undefined;
    },
    onRevoked: async () => void events.push('revoked'),
    onBatch: async () => undefined,
  });
  join('first', []);
  await turns();
  restored.resolve();
  await turns();
  expect(events).toEqual(['restored', 'revoked']);
  await consumer.stop();
});

test('a batch that fails after its partition was lost and given back leaves the partition running', async () => {
  const { client, join, deliver, paused } = fakeClient();
  const gate = Promise.withResolvers<void>();
  const consumer = await start(client, { onBatch: () => gate.promise });
  await turns();
  expect(paused.size).toBe(0);
  const delivery = deliver();
  await turns();
  join('second', [0]);
  await turns();
  gate.reject(new BelayError('unavailable', 'the test says so', { retryable: true, retryAfterMs: 1 }));
  await delivery;
  await turns();
  expect([...paused]).toEqual([]);
  await consumer.stop();
});
