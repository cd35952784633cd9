export interface PageHinkleyOptions {
  /** Values before it may alarm. */
  readonly least: number;
  /** Changes smaller than this are tolerated. */
  readonly delta: number;
  readonly threshold: number;
  /** Forgetting factor of the sum. */
  readonly alpha: number;
}

/** The Page–Hinkley test for a rise or a fall of a mean (Page 1954; parameters and order of steps as in River, so that its vectors hold). */
export class PageHinkley {
  readonly #options: PageHinkleyOptions;
  #count = 0;
  #mean = 0;
  #rise = 0;
  #fall = 0;
  #leastRise = Number.POSITIVE_INFINITY;
  #mostFall = Number.NEGATIVE_INFINITY;

  constructor(options: PageHinkleyOptions) {
    this.#options = options;
  }

  /** True at a change, after which it starts afresh. */
  push(value: number): boolean {
    const { least, delta, threshold, alpha } = this.#options;
    this.#count++;
    this.#mean += (value - this.#mean) / this.#count;
    const deviation = value - this.#mean;
    this.#rise = this.#rise * alpha + deviation - delta;
    this.#fall = this.#fall * alpha + deviation + delta;
    this.#leastRise = Math.min(this.#leastRise, this.#rise);
    this.#mostFall = Math.max(this.#mostFall, this.#fall);
    if (this.#count < least || Math.max(this.#rise - this.#leastRise, this.#mostFall - this.#fall) <= threshold) return false;
    this.#clear();
    return true;
  }

  #clear(): void {
    this.#count = 0;
    this.#mean = 0;
    this.#rise = 0;
    this.#fall = 0;
    this.#leastRise = Number.POSITIVE_INFINITY;
    this.#mostFall = Number.NEGATIVE_INFINITY;
  }
}
