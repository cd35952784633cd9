import { TOPICS } from '@belay/protocol';
import type { Producer, ProducerRecord } from 'kafkajs';
import { expect, test } from 'vitest';
import { createByteBudget } from '../byte-budget.ts';
import { keyOf, numbered, outgoing } from '../contract/log.test-support.ts';
import { partitionForKey } from '../partitioner.ts';
import { createKafkaNames } from './kafka-names.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { kafkajs } from './kafkajs.ts';

const PARTITIONS = 5;

/** A publisher over a producer that only writes down what it is asked to send. */
function recording() {
  const sends: ProducerRecord[] = [];
  const send = async (record: ProducerRecord) => {
    sends.push(record);
    return [];
  };
  const budget = createByteBudget(1_000_000);
  const publisher = createKafkaPublisher({
    producers: { use: (work) => work({ send } as unknown as Producer), close: async () => undefined },
    topics: { known: new Map([[TOPICS.decisions, PARTITIONS]]), ensure: async () => undefined, partitions: async () => PARTITIONS },
    names: createKafkaNames('p.'),
    budget,
    compression: kafkajs.CompressionTypes.LZ4,
  });
  return { publisher, sends, budget };
}

test('one send per partition, the partition set by us, acknowledged by all', async () => {
  const { publisher, sends } = recording();
  await publisher.publish(numbered(100, 30));
  expect(sends).toHaveLength(PARTITIONS);
  for (const { messages, acks, topic } of sends) {
    expect([acks, topic]).toEqual([-1, 'p.belay.decisions.v1']);
    expect(new Set(messages.map(({ partition }) => partition)).size).toBe(1);
    for (const { key, partition } of messages) expect(partition).toBe(partitionForKey(String(key), PARTITIONS));
  }
  expect(sends.flatMap(({ messages }) => messages)).toHaveLength(100);
});

test('calls that are not waited for reach a partition in the order in which they were made', async () => {
  const { publisher, sends } = recording();
  await Promise.all(['1', '2', '3', '4'].map((text) => publisher.publish([outgoing(keyOf(0), text)])));
  expect(sends.flatMap(({ messages }) => messages.map(({ value }) => String(value)))).toEqual(['1', '2', '3', '4']);
});

test('a tombstone is a null value, time is milliseconds, and the budget is given back', async () => {
  const { publisher, sends, budget } = recording();
  await publisher.publish([outgoing(keyOf(0), undefined, { timestampUs: 1_234_567, headers: { a: 'b' } })]);
  expect(sends[0]?.messages[0]).toMatchObject({ value: null, timestamp: '1234', headers: { a: 'b' } });
  expect(budget.usedBytes).toBe(0);
});
