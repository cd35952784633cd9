import type { Json } from '@belay/protocol';

/** Width of a bucket: values in it differ by at most 5 %. */
const BASE = 1.05;
const LOG_BASE = Math.log(BASE);
/** Room is made for so many buckets at once. */
const ROOM = 4;
/** Bucket and count, side by side. */
const COLUMNS = 2;
const NO_PAIRS: number[] = [];

/**
 * Counts of positive values in buckets of equal relative width (the idea of DDSketch, Masson et al. 2019): any quantile within 5 % of
 * the exact one, in at most a few hundred numbers. Old values fade: when the weight passes `capacity`, every count is halved.
 */
export class LogHistogram {
  readonly #capacity: number;
  /** Buckets ascending, each with its count beside it, then unused room: a third of the memory of a map, and quantiles without sorting. */
  #pairs = NO_PAIRS;
  /** Buckets in use. */
  #length = 0;
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
    const place = this.#placeOf(bucket);
    if (place === this.#length || this.#pairs[COLUMNS * place] !== bucket) this.#insert(place, bucket);
    this.#pairs[COLUMNS * place + 1] = this.#countAt(place) + times;
    this.#weight += times;
    if (this.#weight > this.#capacity) this.#fade();
  }

  /** Upper edge of the bucket that holds the quantile q (0–1); 0 when empty. */
  quantile(q: number): number {
    if (this.#weight === 0) return 0;
    const rank = q * this.#weight;
    let seen = 0;
    let place = 0;
    for (; place < this.#length - 1; place++) {
      seen += this.#countAt(place);
      if (seen >= rank) break;
    }
    return BASE ** this.#bucketAt(place);
  }

  #bucketAt(place: number): number {
    return this.#pairs[COLUMNS * place] ?? 0;
  }

  #countAt(place: number): number {
    return this.#pairs[COLUMNS * place + 1] ?? 0;
  }

  /** Makes place for an empty bucket. */
  #insert(place: number, bucket: number): void {
    const former = this.#pairs;
    const used = COLUMNS * this.#length;
    if (used === former.length) {
      this.#pairs = new Array<number>(used + COLUMNS * ROOM).fill(0);
      for (let at = 0; at < COLUMNS * place; at++) this.#pairs[at] = former[at] ?? 0;
    }
    for (let at = used - 1; at >= COLUMNS * place; at--) this.#pairs[at + COLUMNS] = former[at] ?? 0;
    this.#pairs[COLUMNS * place] = bucket;
    this.#pairs[COLUMNS * place + 1] = 0;
    this.#length++;
  }

  /** Where the bucket is, or belongs. */
  #placeOf(bucket: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bucketAt(middle) < bucket) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #fade(): void {
    const kept: number[] = [];
    for (let place = 0; place < this.#length; place++) {
      const count = this.#countAt(place);
      if (count >= 1) kept.push(this.#bucketAt(place), count / 2);
    }
    this.restore(kept);
  }

  snapshot(): Json {
    return this.#pairs.slice(0, COLUMNS * this.#length);
  }

  /** @param pairs bucket and count, ascending by bucket, as {@link snapshot} writes them. */
  restore(pairs: readonly number[]): void {
    this.#length = Math.floor(pairs.length / COLUMNS);
    this.#pairs = this.#length === 0 ? NO_PAIRS : pairs.slice(0, COLUMNS * this.#length);
    this.#weight = 0;
    for (let place = 0; place < this.#length; place++) this.#weight += this.#countAt(place);
  }
}
