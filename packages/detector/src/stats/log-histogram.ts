import type { Json } from '@belay/protocol';

/** Width of a bucket: values in it differ by at most 5 %. */
const BASE = 1.05;
const LOG_BASE = Math.log(BASE);

/**
 * Counts of positive values in buckets of equal relative width (the idea of DDSketch, Masson et al. 2019): any quantile within 5 % of
 * the exact one, in at most a few hundred numbers. Old values fade: when the weight passes `capacity`, every count is halved.
 */
export class LogHistogram {
  readonly #capacity: number;
  /** Ascending, each with its count at the same place: half the memory of a map, and quantiles without sorting. */
  #buckets: number[] = [];
  #counts: number[] = [];
  #weight = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get weight(): number {
    return this.#weight;
  }

  /** Values that are not positive and finite are ignored. */
  add(value: number, times = 1): void {
    if (!(value > 0) || !Number.isFinite(value)) return;
    const bucket = Math.ceil(Math.log(value) / LOG_BASE);
    const at = this.#placeOf(bucket);
    if (this.#buckets[at] === bucket) this.#counts[at] = (this.#counts[at] ?? 0) + times;
    else {
      this.#buckets.splice(at, 0, bucket);
      this.#counts.splice(at, 0, times);
    }
    this.#weight += times;
    if (this.#weight > this.#capacity) this.#fade();
  }

  /** Upper edge of the bucket that holds the quantile q (0–1); 0 when empty. */
  quantile(q: number): number {
    if (this.#weight === 0) return 0;
    const rank = q * this.#weight;
    let seen = 0;
    for (const [at, bucket] of this.#buckets.entries()) {
      seen += this.#counts[at] ?? 0;
      if (seen >= rank) return BASE ** bucket;
    }
    return BASE ** (this.#buckets.at(-1) ?? 0);
  }

  /** Where the bucket is, or belongs. */
  #placeOf(bucket: number): number {
    let low = 0;
    let high = this.#buckets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#buckets[middle] ?? 0) < bucket) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #fade(): void {
    const kept = this.#buckets.flatMap((bucket, at) => {
      const count = this.#counts[at] ?? 0;
      return count < 1 ? [] : [bucket, count / 2];
    });
    this.restore(kept);
  }

  snapshot(): Json {
    return this.#buckets.flatMap((bucket, at) => [bucket, this.#counts[at] ?? 0]);
  }

  /** @param pairs bucket and count, ascending by bucket, as {@link snapshot} writes them. */
  restore(pairs: readonly number[]): void {
    this.#buckets = [];
    this.#counts = [];
    this.#weight = 0;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      this.#buckets.push(pairs[i] ?? 0);
      this.#counts.push(pairs[i + 1] ?? 0);
      this.#weight += pairs[i + 1] ?? 0;
    }
  }
}
