import type { DetectorConfig } from '../config.ts';

/** Least time between two checkpoints that records alone call for. */
const RECORDS_GAP_US = 1_000_000;
/** A checkpoint takes at most one part in so many of the time … */
const REST = 20;
/** … but none is put off for longer than so many times `checkpointSeconds`: a restart may have to judge again what came in it, and in two checkpoints. */
const PUT_OFF_MOST = 6;

/** When the next checkpoint is due: often while checkpoints are cheap, seldomer when they take a share of the time that judging needs. */
export class CheckpointCadence {
  readonly #everyUs: number;
  readonly #records: number;
  #restUs = 0;

  constructor({ checkpointSeconds, checkpointRecords }: Pick<DetectorConfig, 'checkpointSeconds' | 'checkpointRecords'>) {
    this.#everyUs = checkpointSeconds * 1e6;
    this.#records = checkpointRecords;
  }

  /** The last one took so long, from its cut to its end, stored or not. */
  took(us: number): void {
    this.#restUs = Math.min((REST - 1) * us, PUT_OFF_MOST * this.#everyUs);
  }

  /** @param records judged since the last cut, of which `sinceUs` have passed since the last checkpoint ended. */
  isDue(sinceUs: number, records: number): boolean {
    if (sinceUs < this.#restUs) return false;
    return sinceUs >= this.#everyUs || (records >= this.#records && sinceUs >= RECORDS_GAP_US);
  }
}
