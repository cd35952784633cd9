/** The last values of a series, oldest overwritten. Moments are computed from the values themselves: no rounding is carried along. */
export class RecentValues {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** The newest value but `age`; 0 where there is none. */
  #at(age: number): number {
    return this.#values[(this.#count - 1 - age) % this.#values.length] ?? 0;
  }

  /** Mean and standard deviation of the newest `length` values; undefined while there are fewer. */
  moments(length: number): { readonly mean: number; readonly deviation: number } | undefined {
    if (this.#count < length || length > this.#values.length) return undefined;
    const origin = this.#at(0);
    let sum = 0;
    for (let age = 0; age < length; age++) sum += this.#at(age) - origin;
    const mean = origin + sum / length;
    let squares = 0;
    for (let age = 0; age < length; age++) squares += (this.#at(age) - mean) ** 2;
    return { mean, deviation: Math.sqrt(squares / length) };
  }

  /** [count, values …]. */
  snapshot(): number[] {
    return [this.#count, ...this.#values];
  }

  restore([count = 0, ...values]: readonly number[]): void {
    this.#count = count;
    this.#values.fill(0);
    this.#values.set(values.slice(0, this.#values.length));
  }
}
