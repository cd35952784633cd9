import type { Json } from '@belay/protocol';

/** A mean of the reference, frozen when it is large enough, beside the mean of about the last `window` values. For people: no test. */
export class RunningMean {
  readonly #limits: { readonly reference: number; readonly window: number };
  #reference: Mean = [0, 0];
  #window: Mean = [0, 0];

  constructor(limits: { readonly reference: number; readonly window: number }) {
    this.#limits = limits;
  }

  get now(): number | undefined {
    return meanOf(this.#window);
  }

  get usual(): number | undefined {
    return meanOf(this.#reference);
  }

  get samples(): number {
    return Math.round(this.#window[0]);
  }

  get isLearning(): boolean {
    return this.#reference[0] < this.#limits.reference;
  }

  observe(value: number): void {
    const [count, sum] = this.#window;
    const part = count >= 1.5 * this.#limits.window ? 0.5 : 1;
    this.#window = [count * part + 1, sum * part + value];
  }

  learn(value: number): void {
    if (this.isLearning) this.#reference = [this.#reference[0] + 1, this.#reference[1] + value];
  }

  /** What is now is normal from now on. */
  settle(): void {
    const [, sum] = this.#window;
    this.#reference = this.#window[0] === 0 ? this.#reference : [this.#limits.reference, (sum / this.#window[0]) * this.#limits.reference];
  }

  reference(): readonly number[] {
    return this.#reference;
  }

  begin([count = 0, sum = 0]: readonly number[]): void {
    this.#reference = [count, sum];
  }

  snapshot(): Json {
    return [...this.#reference, ...this.#window];
  }

  restore([referenceCount = 0, referenceSum = 0, count = 0, sum = 0]: readonly number[]): void {
    this.#reference = [referenceCount, referenceSum];
    this.#window = [count, sum];
  }
}

type Mean = readonly [count: number, sum: number];

const meanOf = ([count, sum]: Mean): number | undefined => (count === 0 ? undefined : sum / count);
