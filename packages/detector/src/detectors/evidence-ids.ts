import { packNumbers, unpackNumbers } from './packed-numbers.ts';

/** A decision id is 48 hexadecimal digits and a colon after the 32nd: four numbers, 32 bytes beside the 72 of the text. */
const NUMBERS = 4;
const DIGITS = 12;
const COLON = 32;

/** Room for four ids: a list that grows by itself takes half as much again as it needs. */
const BLOCK: readonly number[] = new Array<number>(4 * NUMBERS).fill(0);

/** The last decision ids, as evidence: kept as numbers, for most are never read again. */
export class EvidenceIds {
  readonly #most: number;
  /** {@link NUMBERS} of each id; once full, the oldest is replaced. */
  #numbers: number[] = [];
  #length = 0;
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** @param id 32 hexadecimal digits, a colon and 16 more, as decodeLine lets pass. */
  push(id: string): void {
    if (this.#next === this.#most) this.#next = 0;
    if (this.#length < this.#most) this.#length++;
    const at = this.#next++ * NUMBERS;
    if (at === this.#numbers.length) this.#numbers = this.#numbers.concat(BLOCK);
    this.#numbers[at] = digitsAt(id, 0);
    this.#numbers[at + 1] = digitsAt(id, DIGITS);
    this.#numbers[at + 2] = digitsAt(id, 2 * DIGITS);
    this.#numbers[at + 3] = digitsAt(id, 3 * DIGITS + 1);
  }

  /** The last `count`, or all there are; newest last. */
  last(count: number): string[] {
    const length = Math.min(count, this.#length);
    return Array.from({ length }, (_, i) => this.#idAt((this.#next + this.#length - length + i) % this.#length));
  }

  #idAt(slot: number): string {
    let digits = '';
    for (let i = 0; i < NUMBERS; i++) digits += (this.#numbers[slot * NUMBERS + i] ?? 0).toString(16).padStart(DIGITS, '0');
    return `${digits.slice(0, COLON)}:${digits.slice(COLON)}`;
  }

  /** Oldest first. */
  snapshot(): string {
    const from = (this.#next % Math.max(1, this.#length)) * NUMBERS;
    const ordered = new Float64Array(this.#length * NUMBERS);
    for (let i = 0; i < ordered.length; i++) ordered[i] = this.#numbers[(from + i) % ordered.length] ?? 0;
    return packNumbers(ordered);
  }

  /** @returns false when the text is not one of its snapshots. */
  restore(text: string): boolean {
    const numbers = unpackNumbers(text);
    if (numbers === undefined || numbers.length % NUMBERS !== 0 || numbers.length > this.#most * NUMBERS) return false;
    this.#length = numbers.length / NUMBERS;
    this.#next = this.#length;
    this.#numbers = [];
    while (this.#numbers.length < numbers.length) this.#numbers = this.#numbers.concat(BLOCK);
    for (const [at, number] of numbers.entries()) this.#numbers[at] = number;
    return true;
  }
}

/** Twelve digits as a number, a colon between them stepped over. */
function digitsAt(id: string, from: number): number {
  let value = 0;
  for (let at = from, left = DIGITS; left > 0; at++) {
    const unit = id.charCodeAt(at);
    if (at === COLON) continue;
    value = value * 16 + (unit > 57 ? unit - 87 : unit - 48);
    left--;
  }
  return value;
}
