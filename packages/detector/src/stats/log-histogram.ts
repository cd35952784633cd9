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
  #counts = new Map<number, number>();
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
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + times);
    this.#weight += times;
    if (this.#weight > this.#capacity) this.#fade();
  }

  /** Upper edge of the bucket that holds the quantile q (0–1); 0 when empty. */
  quantile(q: number): number {
    if (this.#weight === 0) return 0;
    const buckets = [...this.#counts.keys()].sort((a, b) => a - b);
    const rank = q * this.#weight;
    let seen = 0;
    for (const bucket of buckets) {
      seen += this.#counts.get(bucket) ?? 0;
      if (seen >= rank) return BASE ** bucket;
    }
    return BASE ** (buckets.at(-1) ?? 0);
  }

  #fade(): void {
    let weight = 0;
    for (const [bucket, count] of this.#counts) {
      if (count < 1) this.#counts.delete(bucket);
      else {
        this.#counts.set(bucket, count / 2);
        weight += count / 2;
      }
    }
    this.#weight = weight;
  }

  snapshot(): Json {
    return [...this.#counts].flat();
  }

  restore(pairs: readonly number[]): void {
    this.#counts = new Map();
    this.#weight = 0;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      this.#counts.set(pairs[i] ?? 0, pairs[i + 1] ?? 0);
      this.#weight += pairs[i + 1] ?? 0;
    }
  }
}
