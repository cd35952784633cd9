import { BelayError, type Json } from '@belay/protocol';

/** Habits followed; the least recently begun beyond it is forgotten. */
const HABITS_MAX = 512;
/** Past so many uses every older one counts half: a habit may change. */
const USES_MAX = 255;

/**
 * How often each habit (a tool's argument) brings something new: the share of its values, one per session, that were new when they came (a
 * running form of the Good–Turing estimate). Eight bits each for uses and news, so that a typical agent's habits fit in 2 kB.
 */
export class HabitRates {
  /** Habit (31 bits) → uses · 256 + news. */
  #rates = new Map<number, number>();

  /** 0 for a habit that has not been seen. */
  rate(habit: number): number {
    const packed = this.#rates.get(indexOf(habit));
    return packed === undefined ? 0 : (packed & 255) / ((packed >> 8) + 1);
  }

  count(habit: number, isNew: boolean): void {
    const index = indexOf(habit);
    const packed = this.#rates.get(index) ?? 0;
    const [uses, news] = packed >> 8 >= USES_MAX ? [packed >> 9, (packed & 255) >> 1] : [packed >> 8, packed & 255];
    this.#rates.set(index, ((uses + 1) << 8) | (news + (isNew ? 1 : 0)));
    if (this.#rates.size <= HABITS_MAX) return;
    const oldest = this.#rates.keys().next().value;
    if (oldest !== undefined) this.#rates.delete(oldest);
  }

  snapshot(): Json {
    return [...this.#rates].flat();
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    if (!Array.isArray(state)) throw new BelayError('corrupt', 'The rates of habits are no list in their snapshot.');
    this.#rates = new Map();
    for (let at = 0; at + 1 < state.length; at += 2) this.#rates.set(Number(state[at]), Number(state[at + 1]));
  }
}

/** 31 bits: keys of a map that cost no memory of their own. */
const indexOf = (habit: number): number => habit & 0x7fffffff;
