import { BelayError, type Clock, type Topic } from '@belay/protocol';
import type { Bus, CheckpointSource, CheckpointWriter, Consumer, ConsumerOptions, OutgoingMessage } from '../bus.ts';
import { type ByteBudget, createByteBudget } from '../byte-budget.ts';
import { type BusLogger, silentLogger } from '../kafka/kafka-logger.ts';
import { assertMessageFits, messageBytes } from '../message-size.ts';
import { partitionForKey } from '../partitioner.ts';
import { type CommitQueue, createCommitQueue, createWakeups } from './commit-queue.ts';
import { openEmbeddedCheckpoints, readEmbeddedCheckpoints } from './embedded-checkpoints.ts';
import { createEmbeddedGroup, type EmbeddedGroup } from './embedded-group.ts';
import { createGroupTable } from './group-table.ts';
import { LogFile } from './log-file.ts';
import type { EmbeddedRoom } from './partition-worker.ts';
import { createRetention, type Retention } from './retention.ts';
import { createTroubles, type Troubles } from './troubles.ts';

export interface EmbeddedBusConfig {
  /** File of the log; `:memory:` for one that dies with the process. */
  readonly path: string;
  readonly clock: Clock;
  /** Partitions per topic, 1–300; default 4, or what the file was created with. */
  readonly partitions?: number;
  /** Most bytes that may wait to be written; default 32 MB. */
  readonly queueBytes?: number;
  /** Time between retention sweeps; default 60,000. */
  readonly sweepIntervalMs?: number;
  /** Hears of failures that no caller is told of: retention and reading. Default: silent; health says so in any case. */
  readonly logger?: BusLogger;
}

/** The log in one SQLite file, for one process. */
export interface EmbeddedBus extends Bus {
  /** Removes what is past its retention now. @returns messages removed. */
  sweepRetention(): number;
}

const QUEUE_BYTES = 32_000_000;
const SWEEP_INTERVAL_MS = 60_000;

const closedError = (): BelayError => new BelayError('unavailable', 'The log is closed. Open a new bus.', { retryable: true });

class SqliteBus implements EmbeddedBus {
  readonly publisher = { publish: (messages: readonly OutgoingMessage[]) => this.#publish(messages) };
  readonly #file: LogFile;
  readonly #clock: Clock;
  readonly #queue: CommitQueue;
  readonly #room: EmbeddedRoom;
  readonly #troubles: Troubles;
  readonly #budget: ByteBudget;
  readonly #retention: Retention;
  readonly #groups = new Map<string, EmbeddedGroup>();
  readonly #sweeper: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(config: EmbeddedBusConfig) {
    this.#file = new LogFile(config.path, { partitions: config.partitions });
    this.#clock = config.clock;
    this.#queue = createCommitQueue(this.#file);
    this.#troubles = createTroubles(config.logger ?? silentLogger);
    this.#room = {
      file: this.#file,
      queue: this.#queue,
      groups: createGroupTable(this.#file),
      wakeups: createWakeups(this.#queue),
      troubles: this.#troubles,
    };
    this.#budget = createByteBudget(config.queueBytes ?? QUEUE_BYTES);
    this.#retention = createRetention(this.#file);
    this.#sweeper = setInterval(() => this.#sweepQuietly(), config.sweepIntervalMs ?? SWEEP_INTERVAL_MS).unref();
  }

  async #publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.#assertOpen();
    let bytes = 0;
    const appends = messages.map((message) => {
      assertMessageFits(message);
      bytes += messageBytes(message);
      const partition = message.partition ?? partitionForKey(message.key, this.#file.partitionCount);
      return { message, head: this.#file.head(message.topic, partition) };
    });
    if (appends.length === 0) return;
    this.#budget.take(bytes);
    try {
      await this.#queue.write(() => {
        for (const { head, message } of appends) this.#file.append(head, message);
      });
    } finally {
      this.#budget.give(bytes);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }

  /** A failed sweep is noted and tried again at the next interval: a full disk must not end the process. */
  #sweepQuietly(): void {
    try {
      this.#troubles.during('retention', () => this.#retention.sweep(this.#clock.nowUs()));
    } catch {
      // Noted above: in the logger and in the health.
    }
  }

  sweepRetention(): number {
    this.#assertOpen();
    let total = 0;
    for (let removed = -1; removed !== 0; total += removed) removed = this.#retention.sweep(this.#clock.nowUs());
    return total;
  }

  ensureTopics(): Promise<void> {
    return Promise.resolve();
  }

  async partitions(topic: Topic): Promise<number> {
    return this.#file.heads(topic).length;
  }

  async partitionOf(_topic: Topic, key: string): Promise<number> {
    return partitionForKey(key, this.#file.partitionCount);
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#assertOpen();
    let group = this.#groups.get(options.group);
    if (group === undefined) {
      group = createEmbeddedGroup(this.#room);
      this.#groups.set(options.group, group);
    }
    return group.join(options);
  }

  async openCheckpoints(source: CheckpointSource): Promise<CheckpointWriter> {
    this.#assertOpen();
    return openEmbeddedCheckpoints(this.#room, source, () => this.#clock.nowUs());
  }

  async readCheckpoints(source: CheckpointSource): Promise<{ snapshots: Map<string, Uint8Array>; nextOffset: bigint | undefined }> {
    this.#assertOpen();
    return readEmbeddedCheckpoints(this.#room, source);
  }

  async lag(group: string, topic: Topic): Promise<readonly { partition: number; lag: bigint }[]> {
    this.#assertOpen();
    this.#queue.flush();
    return this.#file.heads(topic).map((head) => {
      const first = this.#file.firstOffset(head);
      const next = Math.max(first, this.#room.groups.committed({ group, topic, partition: head.partition }) ?? 0);
      return { partition: head.partition, lag: BigInt(Math.max(0, head.nextOffset - next)) };
    });
  }

  async isHealthy(): Promise<boolean> {
    if (this.#closing !== undefined || !this.#troubles.isWell()) return false;
    try {
      return this.#file.database.prepare('SELECT 1').get() !== undefined;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#queue.flush();
    this.#file.close();
  }
}

/**
 * Opens the embedded log.
 * @throws BelayError `conflict` when another process has the file; `bad_configuration` when its partition count differs; `corrupt`; `unavailable`.
 */
export async function createEmbeddedBus(config: EmbeddedBusConfig): Promise<EmbeddedBus> {
  return new SqliteBus(config);
}
