/** Buckets of one size before the two oldest are merged. */
const BUCKETS = 5;
/** Values between two looks for a cut. */
const CLOCK = 32;
/** No look before so many values, no part of the window smaller than this. */
const GRACE = 10;
const LEAST_PART = 5;

interface Bucket {
  readonly total: number;
  readonly variance: number;
}

/**
 * Adaptive windowing (Bifet and Gavaldà 2007; steps as in River, so that its vectors hold): the window grows while its parts agree, and
 * drops its oldest part when their means differ by more than chance. Memory is logarithmic in the length of the window.
 */
export class Adwin {
  readonly #delta: number;
  /** `rows[i]` holds buckets of 2^i values, oldest first. */
  #rows: Bucket[][] = [[]];
  #width = 0;
  #total = 0;
  #variance = 0;
  #ticks = 0;

  /** @param delta chance of a false alarm in a window, 0–1. */
  constructor(delta: number) {
    this.#delta = delta;
  }

  get width(): number {
    return this.#width;
  }

  /** Mean of the window; 0 when it is empty. */
  get mean(): number {
    return this.#width === 0 ? 0 : this.#total / this.#width;
  }

  /** True when the window was cut: the mean has changed. */
  push(value: number): boolean {
    this.#insert(value);
    this.#ticks++;
    let changed = false;
    if (this.#ticks % CLOCK === 0 && this.#width > GRACE) while (this.#cut()) changed = true;
    return changed;
  }

  #insert(value: number): void {
    if (this.#width > 0) this.#variance += (this.#width * (value - this.mean) ** 2) / (this.#width + 1);
    this.#width++;
    this.#total += value;
    this.#rows[0]?.push({ total: value, variance: 0 });
    for (const [i, row] of this.#rows.entries()) {
      if (row.length <= BUCKETS) break;
      const [a, b] = row.splice(0, 2);
      if (a === undefined || b === undefined) break;
      const next = this.#rows[i + 1] ?? [];
      this.#rows[i + 1] = next;
      next.push({ total: a.total + b.total, variance: a.variance + b.variance + spread(2 ** i, a.total, 2 ** i, b.total) });
    }
  }

  /** Looks for a place where older and newer values differ, and drops the oldest bucket if there is one. */
  #cut(): boolean {
    let older = 0;
    let olderTotal = 0;
    for (let i = this.#rows.length - 1; i >= 0; i--) {
      for (const { total } of this.#rows[i] ?? []) {
        older += 2 ** i;
        olderTotal += total;
        const newer = this.#width - older;
        if (newer === 0) return false;
        if (older < LEAST_PART || newer < LEAST_PART || !this.#differs(older, olderTotal)) continue;
        this.#drop();
        return true;
      }
    }
    return false;
  }

  #differs(older: number, olderTotal: number): boolean {
    const newer = this.#width - older;
    const distance = Math.abs(olderTotal / older - (this.#total - olderTotal) / newer);
    const certainty = Math.log((2 * Math.log(this.#width)) / this.#delta);
    const size = 1 / (older - LEAST_PART + 1) + 1 / (newer - LEAST_PART + 1);
    return distance > Math.sqrt(2 * size * (this.#variance / this.#width) * certainty) + (2 / 3) * certainty * size;
  }

  #drop(): void {
    const last = this.#rows.length - 1;
    const row = this.#rows[last];
    const bucket = row?.shift();
    if (row === undefined || bucket === undefined) return;
    const size = 2 ** last;
    this.#width -= size;
    this.#total -= bucket.total;
    this.#variance -= bucket.variance + spread(size, bucket.total, this.#width, this.#total);
    if (row.length === 0 && last > 0) this.#rows.pop();
  }
}

/** What the distance of two means adds to the sum of squares of both together. */
const spread = (sizeA: number, totalA: number, sizeB: number, totalB: number): number =>
  (sizeA * sizeB * (totalA / sizeA - totalB / sizeB) ** 2) / (sizeA + sizeB);
