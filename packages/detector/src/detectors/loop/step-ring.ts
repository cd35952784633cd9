import type { Json } from '@belay/protocol';
import type { Step } from './step.ts';

/** Longest window any rule looks at. */
const RING_STEPS = 40;
/** Parallel twins are looked for among so many of the last steps. */
const PARALLEL_REACH = 8;

/** A failure is a negative result. */
const resultOf = (step: Step): number => (step.failed ? -step.result : step.result);

/** The last {@link RING_STEPS} steps of a session: one number per slot and column, no objects. `at(0)` is the newest. */
export class StepRing {
  readonly #calls = new Float64Array(RING_STEPS);
  readonly #results = new Float64Array(RING_STEPS);
  readonly #starts = new Float64Array(RING_STEPS);
  readonly #ends = new Float64Array(RING_STEPS);
  /** What the session had spent by then, nano-USD. */
  readonly #spent = new Float64Array(RING_STEPS);
  #next = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** False when the step is the parallel twin of one of the last: same call, same result, overlapping in time. */
  push(step: Step, spent: number): boolean {
    if (this.#hasTwin(step)) return false;
    this.#calls[this.#next] = step.call;
    this.#results[this.#next] = resultOf(step);
    this.#starts[this.#next] = step.startUs;
    this.#ends[this.#next] = step.endUs;
    this.#spent[this.#next] = spent;
    this.#next = (this.#next + 1) % RING_STEPS;
    if (this.#length < RING_STEPS) this.#length++;
    return true;
  }

  #hasTwin(step: Step): boolean {
    const result = resultOf(step);
    for (let age = 0; age < Math.min(PARALLEL_REACH, this.#length); age++) {
      const slot = this.#slot(age);
      const overlaps = step.startUs < (this.#ends[slot] ?? 0) && (this.#starts[slot] ?? 0) < step.endUs;
      if (overlaps && this.#calls[slot] === step.call && this.#results[slot] === result) return true;
    }
    return false;
  }

  call(age: number): number {
    return this.#calls[this.#slot(age)] ?? 0;
  }

  /** When the step ended, and what the session had spent by then. */
  beginOf(age: number): { sinceUs: number; sinceSpent: number } {
    const slot = this.#slot(age);
    return { sinceUs: this.#ends[slot] ?? 0, sinceSpent: this.#spent[slot] ?? 0 };
  }

  isResultKnown(age: number): boolean {
    return this.#results[this.#slot(age)] !== 0;
  }

  hasFailed(age: number): boolean {
    return (this.#results[this.#slot(age)] ?? 0) < 0;
  }

  isSame(age: number, other: number): boolean {
    const a = this.#slot(age);
    const b = this.#slot(other);
    return this.#calls[a] === this.#calls[b] && this.#results[a] === this.#results[b];
  }

  /** How many of the last `window` steps equal the newest, itself included; the age of the oldest of them, and the mean time between them. */
  repeats(window: number): { count: number; oldest: number; meanGapUs: number } {
    let count = 0;
    let oldest = 0;
    for (let age = 0; age < Math.min(window, this.#length); age++) {
      if (!this.isSame(age, 0)) continue;
      count++;
      oldest = age;
    }
    const spanUs = (this.#starts[this.#slot(0)] ?? 0) - (this.#starts[this.#slot(oldest)] ?? 0);
    return { count, oldest, meanGapUs: count > 1 ? spanUs / (count - 1) : 0 };
  }

  clear(): void {
    this.#length = 0;
  }

  #slot(age: number): number {
    return (this.#next - 1 - age + 2 * RING_STEPS) % RING_STEPS;
  }

  /** Oldest first: [call, result, start, end, spent] each. */
  snapshot(): Json {
    const rows: number[] = [];
    for (let age = this.#length - 1; age >= 0; age--) {
      const slot = this.#slot(age);
      rows.push(this.#calls[slot] ?? 0, this.#results[slot] ?? 0, this.#starts[slot] ?? 0, this.#ends[slot] ?? 0, this.#spent[slot] ?? 0);
    }
    return rows;
  }

  restore(rows: readonly number[]): void {
    this.#next = 0;
    this.#length = Math.min(RING_STEPS, Math.floor(rows.length / 5));
    for (let i = 0; i < this.#length; i++) {
      this.#calls[i] = rows[5 * i] ?? 0;
      this.#results[i] = rows[5 * i + 1] ?? 0;
      this.#starts[i] = rows[5 * i + 2] ?? 0;
      this.#ends[i] = rows[5 * i + 3] ?? 0;
      this.#spent[i] = rows[5 * i + 4] ?? 0;
    }
    this.#next = this.#length % RING_STEPS;
  }
}
