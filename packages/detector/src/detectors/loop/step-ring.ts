import { packNumbers } from '../packed-numbers.ts';
import type { Step } from './step.ts';

/** Longest window any rule looks at. */
const RING_STEPS = 40;
/** Parallel twins are looked for among so many of the last steps. */
const PARALLEL_REACH = 8;

/** A failure is a negative result. */
const resultOf = (step: Step): number => (step.failed ? -step.result : step.result);

/** Call, result, start, end, and what the session had spent by then in nano-USD. */
const COLUMNS = 5;
const CALL = 0;
const RESULT = 1;
const START = 2;
const END = 3;
const SPENT = 4;
const FIRST_STEPS = 8;
const GROWTH = 1.5;

const emptySlots = (steps: number): number[] => new Array<number>(steps * COLUMNS).fill(0);

/**
 * The last {@link RING_STEPS} steps of a session, age 0 the newest: one block of numbers that grows to its full size only in sessions that need it.
 * A plain list, not a typed array: that costs 200 bytes more and a buffer of its own to collect.
 */
export class StepRing {
  #slots = emptySlots(FIRST_STEPS);
  #next = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** False when the step is the parallel twin of one of the last: same call, same result, overlapping in time. */
  push(step: Step, spent: number): boolean {
    if (this.#hasTwin(step)) return false;
    if (this.#next === this.#steps && this.#steps < RING_STEPS) this.#grow();
    if (this.#next === this.#steps) this.#next = 0;
    const at = this.#next * COLUMNS;
    this.#slots[at + CALL] = step.call;
    this.#slots[at + RESULT] = resultOf(step);
    this.#slots[at + START] = step.startUs;
    this.#slots[at + END] = step.endUs;
    this.#slots[at + SPENT] = spent;
    this.#next++;
    if (this.#length < this.#steps) this.#length++;
    return true;
  }

  get #steps(): number {
    return this.#slots.length / COLUMNS;
  }

  #grow(): void {
    const grown = emptySlots(Math.min(RING_STEPS, Math.ceil(GROWTH * this.#steps)));
    for (let at = 0; at < this.#slots.length; at++) grown[at] = this.#slots[at] ?? 0;
    this.#slots = grown;
  }

  #hasTwin(step: Step): boolean {
    const result = resultOf(step);
    for (let age = 0; age < Math.min(PARALLEL_REACH, this.#length); age++) {
      const slot = this.#slot(age);
      const overlaps = step.startUs < this.#read(slot, END) && this.#read(slot, START) < step.endUs;
      if (overlaps && this.#read(slot, CALL) === step.call && this.#read(slot, RESULT) === result) return true;
    }
    return false;
  }

  call(age: number): number {
    return this.#read(this.#slot(age), CALL);
  }

  /** When the step ended, and what the session had spent by then. */
  beginOf(age: number): { sinceUs: number; sinceSpent: number } {
    const slot = this.#slot(age);
    return { sinceUs: this.#read(slot, END), sinceSpent: this.#read(slot, SPENT) };
  }

  isResultKnown(age: number): boolean {
    return this.#read(this.#slot(age), RESULT) !== 0;
  }

  hasFailed(age: number): boolean {
    return this.#read(this.#slot(age), RESULT) < 0;
  }

  isSame(age: number, other: number): boolean {
    const a = this.#slot(age);
    const b = this.#slot(other);
    return this.#read(a, CALL) === this.#read(b, CALL) && this.#read(a, RESULT) === this.#read(b, RESULT);
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
    const spanUs = this.#read(this.#slot(0), START) - this.#read(this.#slot(oldest), START);
    return { count, oldest, meanGapUs: count > 1 ? spanUs / (count - 1) : 0 };
  }

  clear(): void {
    this.#length = 0;
    this.#next = 0;
  }

  #read(slot: number, column: number): number {
    return this.#slots[slot * COLUMNS + column] ?? 0;
  }

  #slot(age: number): number {
    return (this.#next - 1 - age + 2 * this.#steps) % this.#steps;
  }

  /** Oldest first: call, result, start, end, spent of each. */
  snapshot(): string {
    const rows = new Float64Array(this.#length * COLUMNS);
    for (let age = this.#length - 1, at = 0; age >= 0; age--) {
      const slot = this.#slot(age) * COLUMNS;
      for (let column = 0; column < COLUMNS; column++) rows[at++] = this.#slots[slot + column] ?? 0;
    }
    return packNumbers(rows);
  }

  /** @param rows as {@link StepRing.snapshot} packs them. */
  restore(rows: ArrayLike<number>): void {
    this.#length = Math.min(RING_STEPS, Math.floor(rows.length / COLUMNS));
    while (this.#steps < this.#length) this.#grow();
    for (let at = 0; at < this.#length * COLUMNS; at++) this.#slots[at] = rows[at] ?? 0;
    this.#next = this.#length;
  }
}
