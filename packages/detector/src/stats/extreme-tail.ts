/** Extremes kept: enough for an estimate, few enough to react to one record. */
const KEPT = 16;
/** A tail index between a normal's (near 0) and the heavy tails of service metrics; counts as much as the extremes that were seen. */
const EXPECTED_INDEX = 0.2;
/**
 * A longer history does not make a record rarer than this. Without it the extremes of a long series would all be alarms: with it the
 * signals of a level monitor together alarm about as often, on noise, as the probability says of each.
 */
const BELIEVED = 4096;
/** Sizes that differ by less are the same size: a rounding must not make a record. */
const TIE = 1 + 1e-9;
/** After so many values the oldest extremes begin to leave, and the tail speaks of the last values only. */
const HORIZON = 16_384;

/**
 * How unusual is a positive value, given all before it: the tail probability by Weissman's estimator (1978) over the largest values
 * seen, with Hill's tail index (1975) drawn towards an expected one. Only ratios matter, so the unit does not.
 * At most 16 numbers and a count. Values that are not positive and finite are counted, and never unusual.
 */
export class ExtremeTail {
  /** Largest first. */
  #extremes: number[] = [];
  #count = 0;
  #untilFade = HORIZON;

  /** Probability (0–1) that a value like those before is as large as this one; 1 where it cannot be told apart from the usual. */
  probability(value: number): number {
    const { length } = this.#extremes;
    if (!(value > 0) || !Number.isFinite(value) || this.#count < 2 * KEPT) return 1;
    const usual = this.#extremes[length - 1];
    if (usual === undefined) return 1 / (this.#count + 1);
    if (value <= usual * TIE) return length < KEPT ? (length + 1) / (this.#count + 1) : 1;
    return (length / Math.min(BELIEVED, this.#count)) * (value / usual) ** (-1 / this.#index(usual));
  }

  #index(usual: number): number {
    let sum = KEPT * EXPECTED_INDEX;
    for (const extreme of this.#extremes) sum += Math.log(extreme / usual);
    return sum / (KEPT + this.#extremes.length - 1);
  }

  /** Takes in a value; `weight` times when it shall count as known from now on. */
  add(value: number, weight = 1): void {
    this.#count++;
    if (value > 0 && Number.isFinite(value)) for (let i = 0; i < Math.min(weight, KEPT); i++) this.#keep(value);
    if (--this.#untilFade > 0) return;
    this.#untilFade = HORIZON / KEPT;
    this.#count = HORIZON;
    this.#extremes.shift();
  }

  #keep(value: number): void {
    const extremes = this.#extremes;
    const last = extremes[KEPT - 1];
    if (last !== undefined && value <= last) return;
    let at = extremes.length;
    while (at > 0 && value > (extremes[at - 1] ?? 0)) at--;
    extremes.splice(at, 0, value);
    if (extremes.length > KEPT) extremes.pop();
  }

  /** [count, values until the next extreme leaves, extremes …]. */
  snapshot(): number[] {
    return [this.#count, this.#untilFade, ...this.#extremes];
  }

  restore([count = 0, untilFade = HORIZON, ...extremes]: readonly number[]): void {
    this.#count = count;
    this.#untilFade = untilFade;
    this.#extremes = extremes.slice(0, KEPT);
  }
}
