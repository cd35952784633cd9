import { BelayError, type Json } from '@belay/protocol';
import { HabitRates } from './habit-rates.ts';
import { KeySet } from './key-set.ts';
import type { Trait } from './trait.ts';

/** Exact to so many keys, then a Bloom filter. */
const KNOWN_MAX = 10_000;
const MOVES_MAX = 2_000;
const TASKS_MAX = 4_000;
/** Where the rate of calls that go somewhere new is kept. */
const SOMEWHERE_NEW = 1;

/** What an agent usually does: what it has used, how often each argument brings something new, which tool follows which. */
export class Habits {
  readonly #known = new KeySet(KNOWN_MAX, 'filter');
  readonly #moves = new KeySet(MOVES_MAX, 'forget');
  readonly #tasks = new KeySet(TASKS_MAX, 'forget');
  readonly #rates = new HabitRates();

  knows(key: number): boolean {
    return this.#known.has(key);
  }

  /** Was the value used before, whatever for? */
  hasValue(value: number): boolean {
    return this.#known.has(value);
  }

  rate(habit: number): number {
    return this.#rates.rate(habit);
  }

  /** Share of calls that went somewhere or used a tool for the first time: the mass that is still unseen. */
  get unseen(): number {
    return this.#rates.rate(SOMEWHERE_NEW);
  }

  /** Did a session that began with this call use the key? */
  isOfTask(beginning: number, key: number): boolean {
    return this.#tasks.has(pairOf(beginning, key));
  }

  hasMove(from: number, to: number): boolean {
    return this.#moves.has(pairOf(from, to));
  }

  learn(traits: readonly Trait[]): void {
    for (const { key, value } of traits) {
      this.#known.add(key);
      if (value !== 0) this.#known.add(value);
    }
  }

  addMove(from: number, to: number): void {
    this.#moves.add(pairOf(from, to));
  }

  addToTask(beginning: number, key: number): void {
    this.#tasks.add(pairOf(beginning, key));
  }

  count(habit: number, isNew: boolean): void {
    this.#rates.count(habit, isNew);
  }

  countCall(isSomewhereNew: boolean): void {
    this.#rates.count(SOMEWHERE_NEW, isSomewhereNew);
  }

  snapshot(): Json {
    return [this.#known.snapshot(), this.#moves.snapshot(), this.#tasks.snapshot(), this.#rates.snapshot()];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    if (!Array.isArray(state)) throw new BelayError('corrupt', 'The habits of an agent are no list in their snapshot.');
    const [known = null, moves = null, tasks = null, rates = null] = state;
    this.#known.restore(known);
    this.#moves.restore(moves);
    this.#tasks.restore(tasks);
    this.#rates.restore(rates);
  }
}

/** One key of two, the order kept. */
const pairOf = (first: number, second: number): number => (Math.imul(first | 0, 0x01000193) ^ (second | 0)) >>> 0;
