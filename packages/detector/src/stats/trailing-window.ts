import type { SecondSeries } from './second-series.ts';

/** Sum and count over the last `seconds` of a series, moved along in constant time per slot. Sums are exact for integer amounts. */
export class TrailingWindow {
  readonly seconds: number;
  readonly #series: SecondSeries;
  #from = 0;
  #to = 0;
  sum = 0;
  count = 0;

  constructor(series: SecondSeries, seconds: number) {
    this.#series = series;
    this.seconds = seconds;
  }

  /** Index after the newest slot that is counted. */
  get to(): number {
    return this.#to;
  }

  /** Takes in the next slot and lets go of what is too old for it. @returns the slot's second. */
  take(): number {
    const second = this.#series.second(this.#to);
    this.sum += this.#series.amount(this.#to);
    this.count += this.#series.count(this.#to);
    this.#to++;
    this.forget(second);
    return second;
  }

  /** Lets go of everything that is `seconds` old or older at `second`. */
  forget(second: number): void {
    while (this.#from < this.#to && this.#series.second(this.#from) <= second - this.seconds) {
      this.sum -= this.#series.amount(this.#from);
      this.count -= this.#series.count(this.#from);
      this.#from++;
    }
  }

  /** Counts one more into the newest slot, which is already taken in (or, after {@link clear}, belongs to what came before). */
  grow(amount: number): void {
    if (this.#from === this.#to) return;
    this.sum += amount;
    this.count += 1;
  }

  /** Begins afresh after everything so far. */
  clear(): void {
    this.#from = this.#series.end;
    this.#to = this.#series.end;
    this.sum = 0;
    this.count = 0;
  }

  snapshot(): number[] {
    return [this.#from, this.#to, this.sum, this.count];
  }

  restore([from = 0, to = 0, sum = 0, count = 0]: readonly number[]): void {
    this.#from = from;
    this.#to = to;
    this.sum = sum;
    this.count = count;
  }
}
