import { BelayError, type Json } from '@belay/protocol';
import { CallFrequency } from './call-frequency.ts';
import { HabitRates } from './habit-rates.ts';
import { KeySet } from './key-set.ts';
import { TaskCounts } from './task-counts.ts';
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
  readonly #tasks = new TaskCounts(TASKS_MAX);
  readonly #rates = new HabitRates();
  readonly #frequency = new CallFrequency();

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

  /**
   * How much the key belongs to the task at hand: the share of the earlier sessions with these calls in which it came after the call, all calls
   * together. Only telling calls count: those that at most `share` of all sessions make. One session more is counted than there were, since a few
   * tell little.
   */
  shareOfTask(made: readonly number[], key: number, share: number): number {
    let [together, sessions] = [0, 1];
    for (const call of made) {
      if (this.#frequency.share(call) > share) continue;
      together += this.#tasks.of(pairOf(call, key));
      sessions += Math.max(0, this.#frequency.count(call) - 1);
    }
    return together / sessions;
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

  /** Once per session and key. */
  addToTask(made: readonly number[], key: number): void {
    for (const call of made) this.#tasks.add(pairOf(call, key));
  }

  countSession(): void {
    this.#frequency.addSession();
  }

  /** Once per session and call. */
  countMade(call: number): void {
    this.#frequency.add(call);
  }

  count(habit: number, isNew: boolean): void {
    this.#rates.count(habit, isNew);
  }

  countCall(isSomewhereNew: boolean): void {
    this.#rates.count(SOMEWHERE_NEW, isSomewhereNew);
  }

  snapshot(): Json {
    return [this.#known.snapshot(), this.#moves.snapshot(), this.#tasks.snapshot(), this.#rates.snapshot(), this.#frequency.snapshot()];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    if (!Array.isArray(state)) throw new BelayError('corrupt', 'The habits of an agent are no list in their snapshot.');
    const [known = null, moves = null, tasks = null, rates = null, frequency = null] = state;
    this.#known.restore(known);
    this.#moves.restore(moves);
    this.#tasks.restore(tasks);
    this.#rates.restore(rates);
    this.#frequency.restore(frequency);
  }
}

/** One key of two, the order kept. */
const pairOf = (first: number, second: number): number => (Math.imul(first | 0, 0x01000193) ^ (second | 0)) >>> 0;
