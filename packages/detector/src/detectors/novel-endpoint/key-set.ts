import { BelayError, type Json } from '@belay/protocol';

const SLOTS_MIN = 16;
/** Bits of the Bloom filter per key it is made for: 1 % false positives with 7 hashes. */
const BITS_PER_KEY = 10;
const HASHES = 7;
/** Keys that the filter takes before it is full enough to be wrong too often. */
const FILTER_KEYS = 40_000;
const NO_SLOTS: Uint32Array = new Uint32Array(0);

/** What a set does past its most keys: hand over to a Bloom filter, which forgets nothing, or forget all and begin afresh. */
export type Overflow = 'filter' | 'forget';

/**
 * A set of keys that costs 5 to 11 bytes each: the low 32 bits in an open-addressed table. Its size is bounded; under the filter about 1 in
 * 100 unknown keys passes for known.
 */
export class KeySet {
  readonly #most: number;
  readonly #overflow: Overflow;
  #slots: Uint32Array = NO_SLOTS;
  #size = 0;
  #filter: Uint8Array | undefined;

  constructor(most: number, overflow: Overflow) {
    this.#most = most;
    this.#overflow = overflow;
  }

  get size(): number {
    return this.#size;
  }

  has(key: number): boolean {
    const low = lowOf(key);
    if (this.#slots.length > 0 && this.#slots[this.#slotOf(low)] === low) return true;
    return this.#filter !== undefined && this.#bitsOf(low).every(([byte, bit]) => ((this.#filter?.[byte] ?? 0) & bit) !== 0);
  }

  /** @returns false when it had it. */
  add(key: number): boolean {
    if (this.has(key)) return false;
    const low = lowOf(key);
    if (this.#size >= this.#most && this.#overflow === 'filter') {
      this.#addToFilter(low);
      return true;
    }
    if (this.#size >= this.#most) this.#clear();
    if (4 * (this.#size + 1) > 3 * this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(low)] = low;
    this.#size++;
    return true;
  }

  snapshot(): Json {
    const keys = new Uint32Array(this.#size);
    let at = 0;
    for (const slot of this.#slots) if (slot !== 0) keys[at++] = slot;
    keys.sort();
    return [encode(new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength)), this.#filter === undefined ? '' : encode(this.#filter)];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    const [keys, filter] = Array.isArray(state) ? state : [];
    if (typeof keys !== 'string' || typeof filter !== 'string')
      throw new BelayError('corrupt', 'A set of keys has no keys in its snapshot.');
    this.#clear();
    this.#filter = undefined;
    const bytes = Uint8Array.from(Buffer.from(keys, 'base64'));
    for (const key of new Uint32Array(bytes.buffer, 0, bytes.length >> 2)) this.add(key);
    if (filter !== '') this.#filter = Uint8Array.from(Buffer.from(filter, 'base64'));
  }

  #clear(): void {
    this.#slots = NO_SLOTS;
    this.#size = 0;
  }

  /** The slot that holds the key, or the free one where it would go. */
  #slotOf(low: number): number {
    const mask = this.#slots.length - 1;
    let at = (Math.imul(low, 0x9e3779b1) >>> 7) & mask;
    for (;;) {
      const slot = this.#slots[at];
      if (slot === low || slot === 0) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(Math.max(SLOTS_MIN, 2 * before.length));
    for (const low of before) if (low !== 0) this.#slots[this.#slotOf(low)] = low;
  }

  #addToFilter(low: number): void {
    this.#filter ??= new Uint8Array((FILTER_KEYS * BITS_PER_KEY) / 8);
    for (const [byte, bit] of this.#bitsOf(low)) this.#filter[byte] = (this.#filter[byte] ?? 0) | bit;
  }

  /** Kirsch and Mitzenmacher (2006): two hashes make as many as needed. */
  #bitsOf(low: number): readonly (readonly [number, number])[] {
    const bits = FILTER_KEYS * BITS_PER_KEY;
    const step = (Math.imul(low ^ (low >>> 15), 0x85ebca6b) | 1) >>> 0;
    return Array.from({ length: HASHES }, (_, i) => {
      const bit = (low + i * step) % bits;
      return [bit >> 3, 1 << (bit & 7)] as const;
    });
  }
}

/** 0 marks a free slot. */
const lowOf = (key: number): number => key >>> 0 || 1;
const encode = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
