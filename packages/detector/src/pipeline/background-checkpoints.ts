import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckpointWriter } from '@belay/bus';
import { type Clock, isBelayError } from '@belay/protocol';
import type { DetectorMetrics } from '../metrics.ts';
import type { CheckpointCadence } from './checkpoint-cadence.ts';
import type { Cut } from './keyed-state.ts';

/** Agents packed in one turn of the event loop: about 3 ms. */
const SLICE = 32;

/**
 * Stores cuts while judging goes on: packs a few agents a turn, then writes one transaction. At most one at a time. A cut that could not be
 * stored is reverted, so the next one contains it.
 */
export class BackgroundCheckpoints {
  readonly #writer: CheckpointWriter;
  readonly #clock: Clock;
  readonly #metrics: DetectorMetrics;
  readonly #cadence: CheckpointCadence;
  #writing: Promise<void> | undefined;
  #endedUs: number;
  #isFenced = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    writer: CheckpointWriter,
    { clock, metrics, cadence }: { readonly clock: Clock; readonly metrics: DetectorMetrics; readonly cadence: CheckpointCadence },
  ) {
    this.#writer = writer;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#cadence = cadence;
    this.#endedUs = clock.monotonicUs();
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Another member opened the checkpoints of the partition: nothing is stored here any more. */
  get isFenced(): boolean {
    return this.#isFenced;
  }

  /** Whether the next one is due, so many records having been judged since the last cut. None is while one is on its way. */
  isDue(records: number): boolean {
    return !this.isWriting && this.#cadence.isDue(this.#clock.monotonicUs() - this.#endedUs, records);
  }

  /** Begins to store a cut whose next offset is `nextOffset`; `onFailure` when it was not stored. Not to be called while {@link isWriting}. */
  begin(cut: Cut, nextOffset: bigint, onFailure: () => void): void {
    const startUs = this.#clock.monotonicUs();
    this.#writing = this.#store(cut, nextOffset)
      .catch((error: unknown) => {
        cut.revert();
        onFailure();
        if (isBelayError(error) && error.code === 'fenced') {
          this.#isFenced = true;
          this.#metrics.fenced();
        } else {
          this.#failure = { error };
          this.#metrics.checkpointFailed();
        }
      })
      .finally(() => {
        this.#endedUs = this.#clock.monotonicUs();
        this.#cadence.took(this.#endedUs - startUs);
        this.#writing = undefined;
      });
  }

  async #store(cut: Cut, nextOffset: bigint): Promise<void> {
    const startUs = this.#clock.monotonicUs();
    while (!cut.pack(SLICE)) await nextTurn();
    const changes = cut.changes();
    await this.#writer.checkpoint(changes, nextOffset);
    this.#failure = undefined;
    this.#metrics.checkpointed((this.#clock.monotonicUs() - startUs) / 1e6, changes.length);
  }

  /** Resolves when nothing is being written; never rejects. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** @throws what the last checkpoint failed with, once when it is tried again (retryable), else each time. */
  report(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    if (isBelayError(failure.error) && failure.error.retryable) this.#failure = undefined;
    throw failure.error;
  }

  /** @throws what no further try can mend. */
  assertUsable(): void {
    if (this.#failure !== undefined && !(isBelayError(this.#failure.error) && this.#failure.error.retryable)) throw this.#failure.error;
  }
}
