import {
  type Batch,
  type Bus,
  type CheckpointSource,
  type CheckpointWriter,
  createPoisonLimit,
  type LogMessage,
  type OutgoingMessage,
  type PoisonLimit,
} from '@belay/bus';
import type { Clock } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { DetectorMetrics } from '../metrics.ts';
import { BackgroundCheckpoints } from './background-checkpoints.ts';
import { CheckpointCadence } from './checkpoint-cadence.ts';
import type { PartitionJudge } from './partition-judge.ts';

/** What a worker needs from outside. */
export interface WorkerDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly metrics: DetectorMetrics;
}

/**
 * One partition at work. Order of things: judge a message, publish what it led to, then let a checkpoint contain it. So a crash replays from the
 * last checkpoint and publishes the same anomalies again under the same ids, and no position is ever ahead of the state behind it. Judging goes on
 * while a checkpoint is stored.
 */
export class PartitionWorker<Judge extends PartitionJudge> {
  readonly judge: Judge;
  readonly restoredUs: number;
  readonly #deps: WorkerDeps;
  readonly #writer: CheckpointWriter;
  readonly #poison: PoisonLimit;
  /** First offset that the judge has not seen. */
  #nextOffset: bigint | undefined;
  /** Of judged messages, not yet published: a failed publish must not be judged again. */
  #pending: OutgoingMessage[] = [];
  /** Judged since the last cut. */
  #records = 0;
  readonly #checkpoints: BackgroundCheckpoints;
  /** Batches and the hand-over of a partition never overlap. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(
    config: DetectorConfig,
    deps: WorkerDeps,
    opened: { writer: CheckpointWriter; judge: Judge; nextOffset: bigint | undefined; restoredUs: number },
  ) {
    this.#deps = deps;
    this.#writer = opened.writer;
    this.judge = opened.judge;
    this.#nextOffset = opened.nextOffset;
    this.restoredUs = opened.restoredUs;
    this.#checkpoints = new BackgroundCheckpoints(opened.writer, { ...deps, cadence: new CheckpointCadence(config) });
    this.#poison = createPoisonLimit({ maxShare: config.poisonShare, windowLines: config.poisonLines });
  }

  /** Fences whoever had the partition before, then restores what they stored last into `judge`, which is to be new. */
  static async open<Judge extends PartitionJudge>(
    source: CheckpointSource,
    judge: Judge,
    config: DetectorConfig,
    deps: WorkerDeps,
  ): Promise<PartitionWorker<Judge>> {
    const startUs = deps.clock.monotonicUs();
    const writer = await deps.bus.openCheckpoints(source);
    try {
      const { snapshots, nextOffset } = await deps.bus.readCheckpoints(source);
      judge.restore(snapshots);
      const restoredUs = deps.clock.monotonicUs() - startUs;
      deps.metrics.restored(restoredUs / 1e6);
      return new PartitionWorker(config, deps, { writer, judge, nextOffset, restoredUs });
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Another member opened the checkpoints of the partition: nothing is judged or stored here any more. */
  get isFenced(): boolean {
    return this.#checkpoints.isFenced;
  }

  get nextOffset(): bigint | undefined {
    return this.#nextOffset;
  }

  /** @throws BelayError retryable when anomalies cannot be published (the batch comes again); `corrupt` when poison is over its limit; permanent
   * when checkpoints cannot be stored for good. One that may be tried again does not keep decisions from being judged. */
  process(batch: Batch): Promise<void> {
    return this.#inTurn(() => this.#process(batch));
  }

  /** Begins a checkpoint when one is due. @throws what the last one failed with. */
  tick(): void {
    this.#checkpoints.report();
    if (this.#checkpoints.isDue(this.#records)) this.#beginCheckpoint();
  }

  /** Stores the state and hands the partition over. While the log is away the state is not stored: the successor replays from the last checkpoint. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#checkpoints.idle();
        this.#beginCheckpoint();
        await this.#checkpoints.idle();
        this.#checkpoints.assertUsable();
      } finally {
        await this.#writer.close();
      }
    });
  }

  /** Something to store, and nothing in it whose anomalies are not on the log yet. */
  #hasNews(): boolean {
    return this.#records > 0 && this.#pending.length === 0;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #process(batch: Batch): Promise<void> {
    this.#checkpoints.assertUsable();
    await this.#publishPending();
    for (const message of batch.messages) {
      if (this.isFenced) return;
      if (this.#nextOffset !== undefined && message.offset < this.#nextOffset) continue;
      const isUrgent = this.#judge(message);
      const isDue = this.#checkpoints.isDue(this.#records);
      if (isUrgent || isDue) await this.#publishPending();
      if (isDue) this.#beginCheckpoint();
    }
    await this.#publishPending();
  }

  /** @returns whether what it led to cannot wait. */
  #judge(message: LogMessage): boolean {
    const { anomalies, outgoing, isUrgent, lines, malformed } = this.judge.process(message, this.#deps.clock.nowUs());
    this.#nextOffset = message.offset + 1n;
    this.#pending.push(...outgoing);
    this.#records += Math.max(1, lines);
    this.#deps.metrics.processed({ topic: message.topic, anomalies, lines, malformed });
    this.#poison.record(lines - malformed, malformed);
    return isUrgent;
  }

  async #publishPending(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#deps.bus.publisher.publish(this.#pending);
    this.#pending = [];
  }

  /** Cuts the state here, between two messages whose anomalies are on the log, unless there is nothing to store or a checkpoint is on its way. */
  #beginCheckpoint(): void {
    if (this.#nextOffset === undefined || !this.#hasNews() || this.isFenced || this.#checkpoints.isWriting) return;
    const records = this.#records;
    this.#records = 0;
    this.#checkpoints.begin(this.judge.cut(), this.#nextOffset, () => {
      this.#records += records;
    });
  }
}
