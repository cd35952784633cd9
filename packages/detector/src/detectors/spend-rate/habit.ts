import type { Json } from '@belay/protocol';
import { LogHistogram } from '../../stats/log-histogram.ts';
import type { SecondSeries } from '../../stats/second-series.ts';
import { TrailingWindow } from '../../stats/trailing-window.ts';

/** Sums are learned only when they are a window and this long in the past, so that the beginning of a runaway is not taken for habit. */
export const HOLD_BACK_SECONDS = 60;
/** What counts as the usual top of a window. */
const QUANTILE = 0.95;
/** Quantiles are taken anew at most this often: they move slowly and cost a walk through the buckets. */
const REFRESH_SECONDS = 10;

/** Seconds whose windows do not become habit. */
interface HabitBounds {
  /** Second of the agent's first decision. */
  readonly bornSecond: number;
  /** Newest second that was flagged here: windows up to it that are not yet sampled, and those that overlap it, are left out. */
  readonly blockedSecond: number;
  /** Seconds that only another detector flagged: windows that overlap them are left out. */
  readonly foreign: { readonly from: number; readonly to: number };
}

/** A cost in nano-USD and a number of decisions. */
interface Level {
  readonly sum: number;
  readonly count: number;
}

const NOTHING: Level = { sum: 0, count: 0 };

/**
 * What an agent's trailing sums over one window are like: one sample per active second, taken late, never from what was flagged
 * (`blockedSecond`) or overlaps it.
 */
export class Habit {
  readonly #delayed: TrailingWindow;
  readonly #series: SecondSeries;
  readonly #sums: LogHistogram;
  readonly #counts: LogHistogram;
  #usual: Level = NOTHING;
  #most: Level = NOTHING;
  /** When the two were taken. */
  #takenSecond = 0;

  constructor(series: SecondSeries, { seconds, memory }: { seconds: number; memory: number }) {
    this.#series = series;
    this.#delayed = new TrailingWindow(series, seconds);
    this.#sums = new LogHistogram(memory);
    this.#counts = new LogHistogram(memory);
  }

  get samples(): number {
    return this.#counts.weight;
  }

  /** The 95th percentile of past sums and of past counts. */
  get usual(): Level {
    return this.#usual;
  }

  /** The largest of them that is remembered. */
  get most(): Level {
    return this.#most;
  }

  /** Samples what has become old enough at `second`; not windows that began before the agent did (`bornSecond`) or overlap what was flagged. */
  advance(second: number, { bornSecond, blockedSecond, foreign }: HabitBounds): void {
    const ripe = second - this.#delayed.seconds - HOLD_BACK_SECONDS;
    while (this.#delayed.to < this.#series.end && this.#series.second(this.#delayed.to) <= ripe) {
      const at = this.#delayed.take();
      if (at <= blockedSecond + this.#delayed.seconds || at < bornSecond + this.#delayed.seconds) continue;
      if (at >= foreign.from && at <= foreign.to + this.#delayed.seconds) continue;
      this.#sums.add(this.#delayed.sum);
      this.#counts.add(this.#delayed.count);
    }
    // Before the series drops what is past its horizon: a window must not refer to slots that are gone.
    this.#delayed.forget(ripe);
    if (second - this.#takenSecond < REFRESH_SECONDS) return;
    this.#usual = { sum: this.#sums.quantile(QUANTILE), count: this.#counts.quantile(QUANTILE) };
    this.#most = { sum: this.#sums.quantile(1), count: this.#counts.quantile(1) };
    this.#takenSecond = second;
  }

  snapshot(): Json {
    return [
      this.#delayed.snapshot(),
      this.#sums.snapshot(),
      this.#counts.snapshot(),
      [this.#usual.sum, this.#usual.count, this.#most.sum, this.#most.count, this.#takenSecond],
    ];
  }

  restore([delayed = [], sums = [], counts = [], levels = []]: readonly (readonly number[])[]): void {
    this.#delayed.restore(delayed);
    this.#sums.restore(sums);
    this.#counts.restore(counts);
    const [usualSum = 0, usualCount = 0, mostSum = 0, mostCount = 0, takenSecond = 0] = levels;
    this.#usual = { sum: usualSum, count: usualCount };
    this.#most = { sum: mostSum, count: mostCount };
    this.#takenSecond = takenSecond;
  }
}
