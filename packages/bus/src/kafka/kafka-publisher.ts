import { BelayError, type Topic } from '@belay/protocol';
import type { CompressionTypes, Message } from 'kafkajs';
import type { OutgoingMessage, Publisher } from '../bus.ts';
import type { ByteBudget } from '../byte-budget.ts';
import { joinLines } from '../join-lines.ts';
import { assertMessageFits, messageBytes } from '../message-size.ts';
import { partitionForKey } from '../partitioner.ts';
import { kafkaToBelayError } from './kafka-errors.ts';
import type { KafkaNames } from './kafka-names.ts';
import type { KafkaTopics } from './kafka-topics.ts';
import { createPartitionLane, type PartitionLane } from './partition-lane.ts';
import type { ProducerSource } from './producer-source.ts';

const ACKS_FROM_ALL = -1;
const BROKER_TIMEOUT_MS = 5_000;

export interface KafkaPublisherDeps {
  readonly producers: ProducerSource;
  readonly topics: KafkaTopics;
  readonly names: KafkaNames;
  readonly budget: ByteBudget;
  readonly compression: CompressionTypes;
}

/** A message as kafkajs takes it, its partition set by us. */
const messageToKafka = (message: OutgoingMessage, partition: number): Message => ({
  key: message.key,
  value: message.value === undefined ? null : Buffer.from(message.value.buffer, message.value.byteOffset, message.value.byteLength),
  partition,
  timestamp: String(Math.floor(message.timestampUs / 1000)),
  ...(message.headers === undefined ? {} : { headers: { ...message.headers } }),
});

/**
 * Publishes with one send per partition: a kafkajs send over several partitions can resolve although one of them was never written, when a
 * leader moves meanwhile (docs/adr/002-delivery-semantics.md).
 */
export function createKafkaPublisher(deps: KafkaPublisherDeps): Publisher {
  const { producers, topics, names, budget, compression } = deps;
  const lanes = new Map<string, PartitionLane>();

  const transmit = async (topic: Topic, partition: number, messages: readonly OutgoingMessage[]): Promise<void> => {
    const name = names.topic(topic);
    const kafkaMessages = joinLines(messages).map((message) => messageToKafka(message, partition));
    try {
      await producers.use((producer) =>
        producer.send({ topic: name, acks: ACKS_FROM_ALL, timeout: BROKER_TIMEOUT_MS, compression, messages: kafkaMessages }),
      );
    } catch (error) {
      throw kafkaToBelayError(error, `writing ${messages.length} messages to ${name}/${partition}`);
    }
  };
  const laneOf = (topic: Topic, partition: number): PartitionLane => {
    const name = `${topic}/${partition}`;
    const lane = lanes.get(name) ?? createPartitionLane((messages) => transmit(topic, partition, messages));
    lanes.set(name, lane);
    return lane;
  };
  const byLane = (messages: readonly OutgoingMessage[], counts: ReadonlyMap<Topic, number>): Map<PartitionLane, OutgoingMessage[]> => {
    const parcels = new Map<PartitionLane, OutgoingMessage[]>();
    for (const message of messages) {
      const count = counts.get(message.topic) ?? 0;
      const partition = message.partition ?? partitionForKey(message.key, count);
      if (partition >= count)
        throw new BelayError('bad_request', `Partition ${partition} of ${message.topic} does not exist: there are ${count}.`);
      const lane = laneOf(message.topic, partition);
      const parcel = parcels.get(lane);
      if (parcel === undefined) parcels.set(lane, [message]);
      else parcel.push(message);
    }
    return parcels;
  };
  const countsFor = async (messages: readonly OutgoingMessage[]): Promise<ReadonlyMap<Topic, number>> => {
    for (const { topic } of messages) if (!topics.known.has(topic)) await topics.partitions(topic);
    return topics.known;
  };
  return {
    async publish(messages) {
      let bytes = 0;
      for (const message of messages) {
        assertMessageFits(message);
        bytes += messageBytes(message);
      }
      budget.take(bytes);
      try {
        // No await once the counts are known: calls reach the lanes in the order in which they were made.
        const known = messages.every(({ topic }) => topics.known.has(topic));
        const parcels = byLane(messages, known ? topics.known : await countsFor(messages));
        const results = await Promise.allSettled([...parcels].map(([lane, parcel]) => lane.send(parcel)));
        const failure = results.find((result) => result.status === 'rejected');
        if (failure !== undefined) throw failure.reason;
      } finally {
        budget.give(bytes);
      }
    },
  };
}
