import { randomUUID } from 'node:crypto';
import { systemClock, systemRandom, TOPICS } from '@belay/protocol';
import { type KafkaNode, startKafka } from '@belay/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bus } from './bus.ts';
import { collect, keyOf, numbered, numbersPerKey, outgoing, until } from './contract/log.test-support.ts';
import { createKafkaBus } from './kafka/kafka-bus.ts';
import { createRetryingPublisher } from './retrying-publisher.ts';

/* Faults of the broker itself: this file needs one of its own. */
let kafka: KafkaNode;
const opened: Bus[] = [];
beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(async () => {
  await Promise.all(opened.map((bus) => bus.close()));
  await kafka.close();
});

interface LoggedLine {
  readonly level: string;
  readonly message: string;
}

async function openBus(lines: LoggedLine[] = []): Promise<Bus> {
  const log = (level: string) => (_fields: object, message: string) => void lines.push({ level, message });
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const bus = await createKafkaBus({
    brokers: [kafka.bootstrap],
    clientId: 'test',
    prefix: `${randomUUID()}.`,
    clock: systemClock,
    logger,
  });
  opened.push(bus);
  await bus.ensureTopics();
  return bus;
}

/** A new broker makes its group coordinator when the first group asks for it, and refuses meanwhile: that is a disturbance. */
async function firstUse(): Promise<void> {
  const bus = await openBus([]);
  const reader = await collect(bus);
  await bus.publisher.publish(numbered(1, 1));
  await until('the first message', () => reader.messages.length === 1);
  await bus.close();
}

test('an undisturbed life of the client logs no warning and no error, and Node warns of nothing', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  await firstUse();
  const lines: LoggedLine[] = [];
  const bus = await openBus(lines);
  const reader = await collect(bus);
  const second = await collect(bus);
  await bus.publisher.publish(numbered(100, 20));
  await until('all', () => reader.messages.length + second.messages.length === 100);
  const writer = await bus.openCheckpoints({ group: 'g', topic: TOPICS.decisions, partition: 0 });
  for (let round = 1n; round <= 5n; round += 1n) await writer.checkpoint([{ key: 'k', value: Buffer.from('v') }], round);
  await bus.close();
  process.off('warning', onWarning);
  expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  expect(lines.length).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
});

test('no acknowledged message is lost and none comes out of order when the broker is killed and restarted under load', async () => {
  const bus = await openBus();
  const reader = await collect(bus);
  const acknowledged: number[] = [];
  const publisher = createRetryingPublisher({ publisher: bus.publisher, clock: systemClock, random: systemRandom });
  let running = true;
  const load = (async () => {
    for (let from = 0; running; from += 20) {
      await publisher.publish(numbered(20, 6, from)).then(() => {
        for (let number = from; number < from + 20; number += 1) acknowledged.push(number);
      });
    }
  })();
  await until('some before', () => acknowledged.length > 200);
  await kafka.kill();
  const atKill = acknowledged.length;
  expect(await bus.isHealthy()).toBe(false);
  await kafka.start();
  await until('some after', () => acknowledged.length > atKill + 200);
  await until('health', () => bus.isHealthy());
  running = false;
  await load;
  await until('all that was acknowledged', () => {
    const read = new Set(reader.messages.map(({ value }) => Number(Buffer.from(value ?? []))));
    return acknowledged.every((number) => read.has(number));
  });
  for (const numbers of numbersPerKey(reader.messages).values()) {
    const first = [...new Set(numbers)];
    expect(first).toEqual([...first].sort((a, b) => a - b));
  }
});

test('a checkpoint writer goes on after a restart of the broker, and a zombie is still fenced', async () => {
  const bus = await openBus();
  const source = { group: 'detector', topic: TOPICS.decisions, partition: 0 } as const;
  const writer = await bus.openCheckpoints(source);
  await writer.checkpoint([{ key: 'k', value: Buffer.from('before') }], 1n);
  await kafka.kill();
  const during = writer.checkpoint([{ key: 'k', value: Buffer.from('during') }], 2n).catch((error: unknown) => error);
  await kafka.start();
  const outcome = await during;
  if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'unavailable', retryable: true });
  await writer.checkpoint([{ key: 'k', value: Buffer.from('after') }], 3n);
  expect((await bus.readCheckpoints(source)).nextOffset).toBe(3n);
  const newer = await bus.openCheckpoints(source);
  await expect(writer.checkpoint([], 9n)).rejects.toMatchObject({ code: 'fenced' });
  await newer.checkpoint([], 4n);
  expect((await bus.readCheckpoints(source)).nextOffset).toBe(4n);
});

test('while the broker is away for long publishing is refused as unavailable; then it works again, and consumers are back by themselves', async () => {
  const bus = await openBus();
  const reader = await collect(bus);
  await bus.publisher.publish([outgoing(keyOf(0), 'warm')]);
  await kafka.stop();
  await expect(bus.publisher.publish([outgoing(keyOf(0), 'lost?')])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await kafka.start();
  await bus.publisher.publish([outgoing(keyOf(0), 'back')]);
  await until('the last one', () => reader.texts().includes('back'));
  expect(reader.texts()[0]).toBe('warm');
});

test('a broker that is not there is a clear answer', async () => {
  const missing = createKafkaBus({ brokers: ['127.0.0.1:1'], clientId: 'test', clock: systemClock });
  await expect(missing).rejects.toMatchObject({ code: 'unavailable', retryable: true, message: expect.stringContaining('127.0.0.1:1') });
});
