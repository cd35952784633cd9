import { setTimeout as sleep } from 'node:timers/promises';
import { BelayError, TOPIC_SPECS, type Topic, type TopicSpec } from '@belay/protocol';
import type { Admin, ITopicConfig } from 'kafkajs';
import { kafkaToBelayError } from './kafka-errors.ts';
import type { KafkaNames } from './kafka-names.ts';

export interface KafkaTopicsConfig {
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** The topics as they are on the cluster. */
export interface KafkaTopics {
  /** Partition counts asked for so far. */
  readonly known: ReadonlyMap<Topic, number>;
  ensure(): Promise<void>;
  /** Partitions of a topic, asked once. @throws BelayError `bad_configuration` when it does not exist. */
  partitions(topic: Topic): Promise<number>;
}

const TEN_MINUTES_MS = 600_000;

function specToTopicConfig(spec: TopicSpec, name: string, config: KafkaTopicsConfig): ITopicConfig {
  const cleanup =
    spec.cleanup.kind === 'delete'
      ? { 'cleanup.policy': 'delete', 'retention.ms': String(spec.cleanup.retentionMs) }
      : { 'cleanup.policy': 'compact', 'segment.ms': String(TEN_MINUTES_MS), 'min.cleanable.dirty.ratio': '0.2' };
  const entries = { ...cleanup, 'min.insync.replicas': config.replicationFactor >= 3 ? '2' : '1' };
  return {
    topic: name,
    numPartitions: config.partitions,
    replicationFactor: config.replicationFactor,
    configEntries: Object.entries(entries).map(([key, value]) => ({ name: key, value })),
  };
}

const LEADERS_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Waits until every partition of the topics has a leader. A broker learns of a new topic a little after the controller has made it; until then it says
 * that the topic does not exist, which the client's own way of waiting takes for an answer.
 */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  const isLed = async (): Promise<boolean> => {
    try {
      const metadata = await admin.fetchTopicMetadata({ topics });
      return metadata.topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
    } catch {
      return false;
    }
  };
  const deadline = performance.now() + LEADERS_TIMEOUT_MS;
  while (!(await isLed())) {
    if (performance.now() > deadline) {
      const message = `The new topics have no leaders after ${LEADERS_TIMEOUT_MS} ms. Look at the brokers, then try again.`;
      throw new BelayError('unavailable', message, { retryable: true, retryAfterMs: 1_000 });
    }
    await sleep(POLL_MS);
  }
}

export function createKafkaTopics(admin: Admin, names: KafkaNames, config: KafkaTopicsConfig): KafkaTopics {
  const known = new Map<Topic, number>();

  const ask = async (topic: Topic): Promise<number> => {
    const name = names.topic(topic);
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
      const count = topics[0]?.partitions.length ?? 0;
      if (count === 0) throw new BelayError('bad_configuration', `Topic ${name} does not exist. Call ensureTopics, or create it.`);
      known.set(topic, count);
      return count;
    } catch (error) {
      throw kafkaToBelayError(error, `asking for the partitions of ${name}`);
    }
  };
  return {
    async ensure() {
      try {
        const existing = new Set(await admin.listTopics());
        const missing = TOPIC_SPECS.filter(({ name }) => !existing.has(names.topic(name)));
        if (missing.length === 0) return;
        const topics = missing.map((spec) => specToTopicConfig(spec, names.topic(spec.name), config));
        await admin.createTopics({ topics, waitForLeaders: false });
        await untilLed(
          admin,
          topics.map(({ topic }) => topic),
        );
      } catch (error) {
        throw kafkaToBelayError(error, 'creating topics');
      }
    },
    known,
    partitions: async (topic) => known.get(topic) ?? ask(topic),
  };
}
