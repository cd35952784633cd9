import { BelayError, type Json } from '@belay/protocol';

const SLOTS_MIN = 16;
/** Counts end here: more sessions than a frequency counts. */
const COUNT_MAX = 65_535;
const NO_KEYS: Uint32Array = new Uint32Array(0);
const NO_COUNTS: Uint16Array = new Uint16Array(0);

/** In how many sessions two things went together: 8 to 16 bytes per pair. Past its most pairs it forgets all and begins afresh. */
export class TaskCounts {
  readonly #most: number;
  #keys: Uint32Array = NO_KEYS;
  #counts: Uint16Array = NO_COUNTS;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** 0 for a pair that has not been counted. */
  of(pair: number): number {
    return this.#size === 0 ? 0 : (this.#counts[this.#slotOf(lowOf(pair))] ?? 0);
  }

  add(pair: number): void {
    if (4 * (this.#size + 1) > 3 * this.#keys.length) this.#grow();
    const key = lowOf(pair);
    const at = this.#slotOf(key);
    const count = this.#counts[at] ?? 0;
    if (count === 0 && this.#size >= this.#most) this.#clear(SLOTS_MIN);
    this.#put(key, Math.min(COUNT_MAX, count + 1));
  }

  snapshot(): Json {
    const keys = this.#keys.filter((key) => key !== 0).toSorted();
    return [encode(keys), encode(Uint16Array.from(keys, (key) => this.of(key)))];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    const [keys, counts] = Array.isArray(state) ? state : [];
    if (typeof keys !== 'string' || typeof counts !== 'string')
      throw new BelayError('corrupt', 'The counts of tasks have no pairs in their snapshot.');
    const each = new Uint16Array(decode(counts, 2));
    this.#clear(0);
    for (const [at, key] of new Uint32Array(decode(keys, 4)).entries()) {
      if (4 * (this.#size + 1) > 3 * this.#keys.length) this.#grow();
      this.#put(key, each[at] ?? 1);
    }
  }

  #put(key: number, count: number): void {
    const at = this.#slotOf(key);
    if (this.#keys[at] === 0) this.#size++;
    this.#keys[at] = key;
    this.#counts[at] = count;
  }

  #clear(slots: number): void {
    this.#keys = new Uint32Array(slots);
    this.#counts = new Uint16Array(slots);
    this.#size = 0;
  }

  /** The slot that holds the pair, or the free one where it would go. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let at = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    while (this.#keys[at] !== key && this.#keys[at] !== 0) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#clear(Math.max(SLOTS_MIN, 2 * keys.length));
    for (const [at, key] of keys.entries()) if (key !== 0) this.#put(key, counts[at] ?? 0);
  }
}

const encode = (words: Uint32Array | Uint16Array): string =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');

/** Whole words only: what is cut off at the end is left out. */
function decode(text: string, bytes: number): ArrayBuffer {
  const whole = Uint8Array.from(Buffer.from(text, 'base64'));
  return whole.buffer.slice(0, whole.length - (whole.length % bytes));
}

/** 0 marks a free slot. */
const lowOf = (pair: number): number => pair >>> 0 || 1;
