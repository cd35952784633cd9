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
  const lives = ['first', 'second', 'third'];
  const crash = (error: Error, restart = false): void => listeners.get('crash')?.({ payload: { error, restart } });
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
      join(lives.shift() ?? 'one more', [0]);
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
  return { client: { consumer: () => consumer } as unknown as Kafka, join, crash, lives, deliver, paused };
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

const failure = (name: string, cause?: Error): Error => Object.assign(new Error('why'), { name }, cause === undefined ? {} : { cause });

test('a member that finds no coordinator while the brokers are away joins anew, is given its partition again, and is not stopped', async () => {
  const { client, crash, lives } = fakeClient();
  const events: string[] = [];
  const second = Promise.withResolvers<void>();
  const consumer = await start(client, {
    onAssigned: async () => {
      events.push('assigned');
      if (events.length > 1) second.resolve();
      return undefined;
    },
    onRevoked: async () => void events.push('revoked'),
    onBatch: async () => undefined,
  });
  await turns();
  crash(failure('KafkaJSNonRetriableError', failure('KafkaJSGroupCoordinatorNotFound')));
  await second.promise;
  expect(events).toEqual(['assigned', 'revoked', 'assigned']);
  expect(lives).toEqual(['third']);
  await consumer.stop();
});

test('a member that crashes while it is being stopped does not join anew', async () => {
  const { client, crash, lives } = fakeClient();
  const consumer = await start(client, { onBatch: async () => undefined });
  crash(failure('KafkaJSLockTimeout'));
  await consumer.stop();
  expect(lives).toEqual(['second', 'third']);
});

test('any other crash that kafkajs does not mend stops the consumer with its reason', async () => {
  const { client, crash, lives } = fakeClient();
  const consumer = await start(client, { onBatch: async () => undefined });
  crash(failure('TypeError'));
  await expect(consumer.stopped).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('why') });
  expect(lives).toEqual(['second', 'third']);
});
