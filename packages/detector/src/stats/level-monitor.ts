import { ExtremeTail } from './extreme-tail.ts';
import { LEVEL_SIGNALS, type LevelSignal, LevelSignals, type SignalSizes } from './level-signals.ts';

/** Larger values count as this large, so that squares and sums stay finite. */
const LARGEST = 1e100;
/** Probabilities of 1e-12 and less score 1. */
const FULL_SCORE_DIGITS = 12;
/** How often more the size that alarmed is taken in: half of the extremes kept, so that what keeps coming stops alarming within a few times. */
const LESSON = 8;

export interface LevelMonitorOptions {
  /** Tail probability at which a value is an alarm. Default 0.001. */
  readonly alarmProbability?: number;
  /** Values after an alarm in which only something clearly rarer is one again. Default 100. */
  readonly restValues?: number;
}

export interface LevelReading {
  /** 0 (usual) to 1 (probability ≤ 1e-12): −log10 of the probability, over 12. While a known alarm rests, 0. */
  readonly score: number;
  readonly alarm: boolean;
  /** Tail probability of the rarest signal, also while an alarm rests. */
  readonly probability: number;
  /** The rarest signal: which habit the value leaves. Absent when none is rare. */
  readonly signal?: LevelSignal;
  /** The level before this value, in its unit. */
  readonly level: number;
}

interface Rarest {
  readonly probability: number;
  readonly signal?: LevelSignal;
}

/**
 * Online anomaly primitive for one numeric series: level, jumps, means over 12 and 96 values, spread, calm, and the hour of the day, each
 * measured by the tail probability of its size among all sizes before it. No look-ahead; cost per value and memory (at most about 370
 * numbers) do not grow with the series. What it has alarmed on it knows from then on, so a shift alarms once. Scores do not change when
 * the series is shifted or scaled. Method, sources and figures: docs/adr/013-level-monitor.md.
 */
export class LevelMonitor {
  readonly #alarmScore: number;
  readonly #restValues: number;
  readonly #signals = new LevelSignals();
  readonly #tails = new Map<LevelSignal, ExtremeTail>(LEVEL_SIGNALS.map((signal) => [signal, new ExtremeTail()]));
  #rest = 0;
  #resting = 0;

  constructor(options: LevelMonitorOptions = {}) {
    const { alarmProbability = 1e-3, restValues = 100 } = options;
    this.#alarmScore = scoreOf(alarmProbability);
    this.#restValues = restValues;
  }

  /**
   * Scores the next value, then learns it.
   * @param value any finite number; beyond ±1e100 it counts as that.
   * @param atUs its time in microseconds; without one the hour of the day is not looked at. Times need not be in order.
   * @returns undefined when the value is not a finite number: it is refused, and nothing is learned from it.
   */
  update(value: number, atUs?: number): LevelReading | undefined {
    if (!Number.isFinite(value)) return undefined;
    const { level } = this.#signals;
    const sizes = this.#signals.push(Math.max(-LARGEST, Math.min(LARGEST, value)), atUs);
    const rarest = this.#rarest(sizes);
    const score = this.#report(scoreOf(rarest.probability));
    const alarm = score >= this.#alarmScore;
    this.#learn(sizes, alarm ? rarest.signal : undefined);
    return { score, alarm, level, ...rarest };
  }

  #rarest(sizes: SignalSizes): Rarest {
    let rarest: Rarest = { probability: 1 };
    for (const [signal, tail] of this.#tails) {
      const size = sizes[signal];
      const probability = size === undefined ? 1 : tail.probability(size);
      if (probability < rarest.probability) rarest = { probability, signal };
    }
    return rarest;
  }

  /** Holds back what a resting alarm has already said: it takes a tenth of the scale (a probability 16 times smaller) to say more. */
  #report(score: number): number {
    this.#rest = Math.max(0, this.#rest - 1);
    if (this.#rest === 0) this.#resting = 0;
    if (this.#resting > 0 && score <= this.#resting + 0.1) return 0;
    if (score >= this.#alarmScore) {
      this.#rest = this.#restValues;
      this.#resting = score;
    }
    return score;
  }

  #learn(sizes: SignalSizes, alarmed: LevelSignal | undefined): void {
    for (const [signal, tail] of this.#tails) {
      const size = sizes[signal];
      if (size !== undefined) tail.add(size, signal === alarmed ? 1 + LESSON : 1);
    }
  }

  /** Plain numbers in lists; as JSON at most about 8 kB. */
  snapshot(): number[][] {
    return [[this.#rest, this.#resting], ...this.#signals.snapshot(), ...[...this.#tails.values()].map((tail) => tail.snapshot())];
  }

  /** Goes on exactly as the monitor that gave the snapshot. */
  restore([[rest = 0, resting = 0] = [], numbers = [], recent = [], day = [], ...tails]: readonly (readonly number[])[]): void {
    this.#rest = rest;
    this.#resting = resting;
    this.#signals.restore([numbers, recent, day]);
    for (const [i, tail] of [...this.#tails.values()].entries()) tail.restore(tails[i] ?? []);
  }
}

function scoreOf(probability: number): number {
  return Math.max(0, Math.min(1, -Math.log10(probability) / FULL_SCORE_DIGITS));
}
