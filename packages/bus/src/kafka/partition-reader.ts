import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { BelayError } from '@belay/protocol';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { kafkaToBelayError } from './kafka-errors.ts';

/*
 * Reads one partition from its beginning to its end without a consumer group. kafkajs has groups only, and joining one costs up to
 * `group.initial.rebalance.delay.ms` (3 s by default) at each take-over; so this goes one level below its public interface (exact pin).
 */
const require = createRequire(import.meta.url);
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const FETCH_WAIT_MS = 100;
const FETCH_BYTES = 8_000_000;
const PARTITION_BYTES = 4_000_000;
/** Longest time without progress. A transaction that is under way holds the reader up until it ends; the broker ends it after the writer's time-out. */
const DEADLINE_MS = 30_000;
const RETRY_MS = 50;

type RawMessage = KafkaMessage & {
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number };
};

interface PartitionData {
  readonly lastStableOffset: string;
  readonly messages: readonly RawMessage[];
}

interface InternalBroker {
  fetch(request: object): Promise<{ responses: { partitions: PartitionData[] }[] }>;
}

interface InternalCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<InternalBroker>;
  fetchTopicsOffset(topics: object[]): Promise<{ partitions: { offset: string }[] }[]>;
}

type BatchClass = new (topic: string, offset: string, data: PartitionData) => { readonly messages: readonly KafkaMessage[] };

const Batch = require('kafkajs/src/consumer/batch') as BatchClass;

/**
 * How far to read: to what was the end when the call began, waiting for transactions that are under way; or only to the first of those
 * (its own reader may be the one who has to end it).
 */
export type ReadTo = 'end' | 'open-transaction';

function clusterOf(client: Kafka, readTo: ReadTo): InternalCluster {
  const symbol = Object.getOwnPropertySymbols(client).find(({ description }) => description === 'private:Kafka:createCluster');
  const create = symbol === undefined ? undefined : (client as unknown as Record<symbol, unknown>)[symbol];
  if (typeof create !== 'function')
    throw new BelayError('internal', 'kafkajs has no cluster factory where 2.2.4 has it. Install exactly 2.2.4.');
  return create({ allowAutoTopicCreation: false, isolationLevel: readTo === 'end' ? READ_UNCOMMITTED : READ_COMMITTED }) as InternalCluster;
}

/** Offset after what one answer of the broker covers, compacted gaps and control records included. */
function offsetAfter(data: PartitionData, asked: bigint): bigint {
  const last = data.messages.at(-1);
  if (last !== undefined) {
    const end = BigInt(last.batchContext.firstOffset) + BigInt(last.batchContext.lastOffsetDelta) + 1n;
    return end > asked ? end : asked + 1n;
  }
  // Nothing although there is something to read: a batch that compaction has emptied. Step over it.
  return BigInt(data.lastStableOffset) > asked ? asked + 1n : asked;
}

const isTransient = (error: unknown): boolean => error instanceof Error && 'retriable' in error && error.retriable === true;

class Reader {
  readonly #cluster: InternalCluster;
  readonly #topic: string;
  readonly #partition: number;
  #deadline: number = performance.now() + DEADLINE_MS;

  constructor(cluster: InternalCluster, topic: string, partition: number) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partition = partition;
  }

  async #offset(fromBeginning: boolean): Promise<bigint> {
    const request = { topic: this.#topic, partitions: [{ partition: this.#partition }], fromBeginning };
    const [answer] = await this.#cluster.fetchTopicsOffset([request]);
    return BigInt(answer?.partitions[0]?.offset ?? 0);
  }

  async #fetch(offset: bigint): Promise<PartitionData | undefined> {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(this.#topic, [this.#partition]));
    const broker = await this.#cluster.findBroker({ nodeId: nodeId ?? '' });
    const partitions = [{ partition: this.#partition, fetchOffset: String(offset), maxBytes: PARTITION_BYTES }];
    const { responses } = await broker.fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topic: this.#topic, partitions }],
    });
    return responses[0]?.partitions[0];
  }

  /** A leader that moves, or has not yet begun, is asked for again. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await ask();
      } catch (error) {
        if (!isTransient(error) || performance.now() > this.#deadline) throw error;
        await sleep(RETRY_MS);
        await this.#cluster.refreshMetadata();
      }
    }
  }

  async read(onMessage: (message: KafkaMessage) => void): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.addMultipleTargetTopics([this.#topic]);
    const end = await this.#insist(() => this.#offset(false));
    for (let offset = await this.#insist(() => this.#offset(true)); offset < end; ) {
      if (performance.now() > this.#deadline) throw this.#late(offset, end);
      const data = await this.#insist(() => this.#fetch(offset));
      if (data === undefined) continue;
      for (const message of new Batch(this.#topic, String(offset), data).messages) onMessage(message);
      const next = offsetAfter(data, offset);
      if (next > offset) this.#deadline = performance.now() + DEADLINE_MS;
      offset = next;
    }
  }

  #late(offset: bigint, end: bigint): BelayError {
    const message = `Reading ${this.#topic}/${this.#partition} stays at ${offset} of ${end} for ${DEADLINE_MS} ms: a transaction is open, or nobody leads the partition. Try again.`;
    return new BelayError('unavailable', message, { retryable: true, retryAfterMs: 1_000 });
  }
}

/**
 * Calls `onMessage` for every committed message of a partition.
 * @throws BelayError `unavailable` (retryable).
 */
export async function readPartition(
  client: Kafka,
  { topic, partition, readTo }: { topic: string; partition: number; readTo: ReadTo },
  onMessage: (message: KafkaMessage) => void,
): Promise<void> {
  const cluster = clusterOf(client, readTo);
  try {
    await new Reader(cluster, topic, partition).read(onMessage);
  } catch (error) {
    throw kafkaToBelayError(error, `reading ${topic}/${partition}`);
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
}
