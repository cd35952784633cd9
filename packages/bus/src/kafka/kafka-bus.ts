import { setTimeout as sleep } from 'node:timers/promises';
import { BelayError, type Clock, TOPICS, type Topic } from '@belay/protocol';
import type { Admin, CompressionTypes } from 'kafkajs';
import type { Bus, CheckpointSource, CheckpointWriter, Consumer, ConsumerOptions, Publisher } from '../bus.ts';
import { createByteBudget } from '../byte-budget.ts';
import { partitionForKey } from '../partitioner.ts';
import { type KafkaRoom, openKafkaCheckpoints, readKafkaState } from './kafka-checkpoints.ts';
import { createAdmin, createClientSource, type KafkaConnectionConfig, type NewKafkaClient } from './kafka-client.ts';
import { registerLz4 } from './kafka-codec.ts';
import { startKafkaConsumer } from './kafka-consumer.ts';
import { kafkaToBelayError } from './kafka-errors.ts';
import { kafkaLag } from './kafka-lag.ts';
import { type BusLogger, silentLogger } from './kafka-logger.ts';
import { createKafkaNames, type KafkaNames } from './kafka-names.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { createKafkaTopics, type KafkaTopics } from './kafka-topics.ts';
import { kafkajs } from './kafkajs.ts';
import { createProducerSource, type ProducerSource } from './producer-source.ts';

export interface KafkaBusConfig extends KafkaConnectionConfig {
  readonly clock: Clock;
  /** Partitions of topics that `ensureTopics` creates; default 4. */
  readonly partitions?: number;
  /** Copies of each; default 1. From 3 on, two must have a message before it is acknowledged. */
  readonly replicationFactor?: number;
  /** Default lz4, which costs less CPU time than it saves. */
  readonly compression?: 'lz4' | 'none';
  /** Put before the names of topics, groups and transactional ids, so that installations can share a cluster; default none. */
  readonly prefix?: string;
  /** Most bytes that may wait for acknowledgement; default 64 MB. */
  readonly queueBytes?: number;
  /** Default: nothing is logged. */
  readonly logger?: BusLogger;
}

const PARTITIONS = 4;
const QUEUE_BYTES = 64_000_000;
/** The port promises an answer within 2 s. */
const HEALTH_TIMEOUT_MS = 1_800;

class KafkaBus implements Bus {
  readonly publisher: Publisher;
  readonly #newClient: NewKafkaClient;
  readonly #names: KafkaNames;
  readonly #admin: Admin;
  readonly #topics: KafkaTopics;
  readonly #producers: ProducerSource;
  readonly #clock: Clock;
  readonly #compression: CompressionTypes;
  readonly #consumers = new Set<Promise<Consumer>>();
  readonly #writers = new Set<CheckpointWriter>();
  #probe: Promise<boolean> | undefined;
  #closing: Promise<void> | undefined;

  constructor(config: KafkaBusConfig) {
    registerLz4();
    this.#clock = config.clock;
    this.#compression = config.compression === 'none' ? kafkajs.CompressionTypes.None : kafkajs.CompressionTypes.LZ4;
    this.#newClient = createClientSource(config, config.logger ?? silentLogger);
    this.#names = createKafkaNames(config.prefix ?? '');
    this.#admin = createAdmin(this.#newClient);
    const { partitions = PARTITIONS, replicationFactor = 1 } = config;
    this.#topics = createKafkaTopics(this.#admin, this.#names, { partitions, replicationFactor });
    this.#producers = createProducerSource(this.#newClient);
    this.publisher = createKafkaPublisher({
      producers: this.#producers,
      topics: this.#topics,
      names: this.#names,
      budget: createByteBudget(config.queueBytes ?? QUEUE_BYTES),
      compression: this.#compression,
    });
  }

  async connect(): Promise<void> {
    await this.#admin.connect();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new BelayError('unavailable', 'The log is closed. Open a new bus.', { retryable: true });
  }

  ensureTopics(): Promise<void> {
    return this.#topics.ensure();
  }

  partitions(topic: Topic): Promise<number> {
    return this.#topics.partitions(topic);
  }

  async partitionOf(topic: Topic, key: string): Promise<number> {
    return partitionForKey(key, await this.#topics.partitions(topic));
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#assertOpen();
    const onEnded = (): void => void this.#consumers.delete(starting);
    const starting = startKafkaConsumer(options, { newClient: this.#newClient, names: this.#names, admin: this.#admin, onEnded });
    this.#consumers.add(starting);
    return starting;
  }

  async openCheckpoints(source: CheckpointSource): Promise<CheckpointWriter> {
    this.#assertOpen();
    const count = await this.partitions(TOPICS.detectorState);
    if (source.partition >= count) {
      throw new BelayError(
        'bad_configuration',
        `${TOPICS.detectorState} has ${count} partitions, its source ${source.topic} has more. Give both the same.`,
      );
    }
    const writer = await openKafkaCheckpoints(this.#room(), source);
    this.#writers.add(writer);
    return writer;
  }

  async readCheckpoints(source: CheckpointSource): Promise<{ snapshots: Map<string, Uint8Array>; nextOffset: bigint | undefined }> {
    const { snapshots, nextOffset } = await readKafkaState(this.#room(), source);
    return { snapshots, nextOffset };
  }

  #room(): KafkaRoom {
    return { newClient: this.#newClient, names: this.#names, compression: this.#compression, nowUs: () => this.#clock.nowUs() };
  }

  lag(group: string, topic: Topic): Promise<readonly { partition: number; lag: bigint }[]> {
    return kafkaLag(this.#admin, this.#names.group(group), this.#names.topic(topic));
  }

  async isHealthy(): Promise<boolean> {
    if (this.#closing !== undefined) return false;
    this.#probe ??= this.#admin
      .describeCluster()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#probe = undefined;
      });
    const late = new AbortController();
    const timeout = sleep(HEALTH_TIMEOUT_MS, false, { signal: late.signal }).catch(() => false);
    return Promise.race([this.#probe, timeout]).finally(() => late.abort());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const consumers = await Promise.allSettled(this.#consumers);
    await Promise.all(consumers.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)));
    await Promise.all([...this.#writers].map((writer) => writer.close()));
    await this.#producers.close();
    await this.#admin.disconnect();
  }
}

/**
 * Connects to Kafka.
 * @throws BelayError `unavailable` (retryable) when no broker answers within about 10 s; `unauthenticated`; `forbidden`.
 */
export async function createKafkaBus(config: KafkaBusConfig): Promise<Bus> {
  const bus = new KafkaBus(config);
  try {
    await bus.connect();
    return bus;
  } catch (error) {
    throw kafkaToBelayError(error, `connecting to ${config.brokers.join(', ')}`);
  }
}
