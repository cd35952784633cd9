import type { Topic } from '@belay/protocol';

/** Message to publish. `value` undefined = tombstone (compacted topics). */
export interface OutgoingMessage {
  readonly topic: Topic;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Kafka timestamp, integer µs since the epoch; stored with ms resolution. */
  readonly timestampUs: number;
  /** Only where the partition is not the key's own: snapshots beside their source, records for every partition. */
  readonly partition?: number;
}

/** Message as read from the log. */
export interface LogMessage {
  readonly topic: Topic;
  readonly partition: number;
  /** Grows by at least one within a partition. */
  readonly offset: bigint;
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampUs: number;
}

export interface Publisher {
  /**
   * Resolves when every message is durable on the log (acks from all). On rejection any subset may have been written; publishing the
   * same messages again is safe for readers that de-duplicate.
   * @throws BelayError `overloaded` (retryable, `retryAfterMs`) when the bounded queue is full; `unavailable` (retryable) when the log
   *   cannot be reached; `too_large` (permanent) when a message is over MESSAGE_MAX_BYTES.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
}

/** Messages of one partition, in order, never empty. */
export interface Batch {
  readonly topic: Topic;
  readonly partition: number;
  readonly messages: readonly LogMessage[];
  /** Offset after the newest message known on the partition: lag = highWatermark − last offset − 1. */
  readonly highWatermark: bigint;
}

export interface PartitionAssignment {
  readonly topic: Topic;
  readonly partition: number;
}

export interface ConsumerHandler {
  /** Called once per newly assigned partition, before its first batch; restore state here. May return the offset to start from instead of the committed one. */
  onAssigned?(assignment: PartitionAssignment): Promise<{ startAt?: bigint } | undefined>;
  /** Called when a partition is taken away or the consumer stops; nothing of it is delivered afterwards. */
  onRevoked?(assignment: PartitionAssignment): Promise<void>;
  /**
   * One batch at a time per partition. The batch's offsets are committed after the promise resolves (unless `commit` is 'manual').
   * On rejection with a retryable BelayError the same batch (it may have grown at its end) is delivered again after `retryAfterMs`, other
   * partitions go on meanwhile. On rejection with `fenced` (somebody else opened this partition's checkpoints) the partition is handed over anew: onRevoked, then,
   * unless the group says meanwhile that it is another member's, onAssigned. On any other rejection the consumer stops and `Consumer.stopped` rejects with it. Effects before commit: a crash delivers again.
   */
  onBatch(batch: Batch): Promise<void>;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly Topic[];
  /** Where a group without a committed offset starts. */
  readonly startFrom: 'earliest' | 'latest';
  /** 'after-batch' (default) or 'manual': offsets move only through a {@link CheckpointWriter}. */
  readonly commit?: 'after-batch' | 'manual';
  readonly handler: ConsumerHandler;
}

export interface Consumer {
  /** Settles when the consumer has ended: resolves after `stop`, rejects with what stopped it. */
  readonly stopped: Promise<void>;
  /** Finishes the batch in hand, commits, leaves the group. Idempotent. */
  stop(): Promise<void>;
}

/** A snapshot to store with a checkpoint; `value` undefined removes it. */
export interface Snapshot {
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

/**
 * Writes changed snapshots and the source offset they contain as one transaction (docs/contracts.md §2.5 "Detector state").
 * One per group and input partition; opening a newer one fences the older.
 */
export interface CheckpointWriter {
  /**
   * @param nextOffset first source offset that is NOT contained in the snapshots.
   * @throws BelayError `fenced` (permanent) when a newer writer owns this partition: stop, another member has taken over.
   */
  checkpoint(snapshots: readonly Snapshot[], nextOffset: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface CheckpointSource {
  readonly group: string;
  readonly topic: Topic;
  readonly partition: number;
}

/** The log (docs/contracts.md §2.5): at least once, ordered per key, durable before acknowledged. */
export interface Bus {
  readonly publisher: Publisher;
  /** Creates topics that are missing. Idempotent. */
  ensureTopics(): Promise<void>;
  partitions(topic: Topic): Promise<number>;
  /** The partition that `key` is written to. */
  partitionOf(topic: Topic, key: string): Promise<number>;
  consume(options: ConsumerOptions): Promise<Consumer>;
  /** Fences whoever had them. To restore: open first, then read, so that nothing is written in between. */
  openCheckpoints(source: CheckpointSource): Promise<CheckpointWriter>;
  /** Latest committed snapshot per key of one source partition, and the offset to go on from (undefined: none yet). Reads committed only. */
  readCheckpoints(source: CheckpointSource): Promise<{ snapshots: Map<string, Uint8Array>; nextOffset: bigint | undefined }>;
  /** Consumer lag of a group in messages, per partition of the topic. */
  lag(group: string, topic: Topic): Promise<readonly { partition: number; lag: bigint }[]>;
  /** True when the log answers. For readiness probes: MUST settle within 2 s. */
  isHealthy(): Promise<boolean>;
  /** Stops consumers, flushes, closes. Idempotent. */
  close(): Promise<void>;
}
