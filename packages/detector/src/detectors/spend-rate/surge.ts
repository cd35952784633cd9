import type { Json } from '@belay/protocol';
import { robustScale } from '../../stats/robust-scale.ts';

/** Decisions under test; they are not part of what they are compared with. */
const UNDER_TEST = 3;
const BASELINE_MAX = 32;
const BASELINE_LEAST = 5;
/** Standard deviations on the log scale, where the spread is wider than the factor. */
const SIGMAS = 4;

/** Sizes of an agent's priced decisions on the log scale: for agents too young to have a habit in time. */
export class Surge {
  readonly #logFactor: number;
  #baseline: number[] = [];
  #recent: number[] = [];

  constructor(factor: number) {
    this.#logFactor = Math.log(factor);
  }

  /** @param costNanoUsd positive. */
  observe(costNanoUsd: number): void {
    this.#recent.push(Math.log(costNanoUsd));
    if (this.#recent.length <= UNDER_TEST) return;
    const settled = this.#recent.shift();
    if (settled === undefined || (!this.#isCommon(settled) && settled > this.#limit())) return;
    this.#baseline.push(settled);
    if (this.#baseline.length > BASELINE_MAX) this.#baseline.shift();
  }

  /** How many times the median the least of the decisions under test costs; undefined when that is no surge, or nothing is known yet. */
  ratio(): number | undefined {
    if (this.#baseline.length < BASELINE_LEAST || this.#recent.length < UNDER_TEST) return undefined;
    const least = Math.min(...this.#recent);
    if (this.#isCommon(least) || least <= this.#limit()) return undefined;
    return Math.exp(least - robustScale(this.#baseline).centre);
  }

  /** Seen before: no outlier, decided without sorting. */
  #isCommon(size: number): boolean {
    for (const one of this.#baseline) if (size <= one) return true;
    return false;
  }

  #limit(): number {
    if (this.#baseline.length < BASELINE_LEAST) return Number.POSITIVE_INFINITY;
    const { centre, sigma } = robustScale(this.#baseline);
    return centre + Math.max(this.#logFactor, SIGMAS * sigma);
  }

  snapshot(): Json {
    return [this.#baseline, this.#recent];
  }

  restore([baseline = [], recent = []]: readonly (readonly number[])[]): void {
    this.#baseline = [...baseline];
    this.#recent = [...recent];
  }
}
