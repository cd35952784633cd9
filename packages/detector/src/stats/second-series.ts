const FIRST_SIZE = 8;
const COLUMNS = 3;
const GROWTH = 1.5;

const emptySlots = (seconds: number): number[] => new Array<number>(COLUMNS * seconds).fill(0);

/** Amounts and counts of the seconds in which anything happened, newest last; older than the horizon is dropped. A slot has an index that never changes while it is kept. */
export class SecondSeries {
  readonly #horizon: number;
  /** Second, amount and count of each slot, side by side. */
  #slots = emptySlots(FIRST_SIZE);
  #first = 0;
  #end = 0;

  /** @param horizon seconds kept. */
  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  /** Index of the oldest slot kept. */
  get first(): number {
    return this.#first;
  }

  /** Index after the newest. */
  get end(): number {
    return this.#end;
  }

  second(index: number): number {
    return this.#slots[this.#at(index)] ?? 0;
  }

  amount(index: number): number {
    return this.#slots[this.#at(index) + 1] ?? 0;
  }

  count(index: number): number {
    return this.#slots[this.#at(index) + 2] ?? 0;
  }

  /** Adds to the newest second, or begins it. Seconds MUST NOT go back. */
  add(second: number, amount: number): void {
    if (this.#end === this.#first || this.second(this.#end - 1) !== second) this.#begin(second);
    const at = this.#at(this.#end - 1);
    this.#slots[at + 1] = (this.#slots[at + 1] ?? 0) + amount;
    this.#slots[at + 2] = (this.#slots[at + 2] ?? 0) + 1;
  }

  #at(index: number): number {
    return (index * COLUMNS) % this.#slots.length;
  }

  #begin(second: number): void {
    while (this.#first < this.#end && this.second(this.#first) <= second - this.#horizon) this.#first++;
    if (COLUMNS * (this.#end - this.#first) === this.#slots.length) this.#grow();
    const at = this.#at(this.#end++);
    this.#slots[at] = second;
    this.#slots[at + 1] = 0;
    this.#slots[at + 2] = 0;
  }

  #grow(): void {
    const rows = this.rows();
    this.#slots = emptySlots(Math.ceil((GROWTH * this.#slots.length) / COLUMNS));
    this.#put(rows);
  }

  /** [second, amount, count] of every slot, oldest first, flat. */
  rows(): number[] {
    const rows: number[] = [];
    for (let index = this.#first; index < this.#end; index++) rows.push(this.second(index), this.amount(index), this.count(index));
    return rows;
  }

  restore(first: number, rows: readonly number[]): void {
    const length = Math.floor(rows.length / COLUMNS);
    this.#slots = emptySlots(Math.max(FIRST_SIZE, length));
    this.#first = first;
    this.#end = first + length;
    this.#put(rows);
  }

  #put(rows: readonly number[]): void {
    for (let i = 0; i < rows.length; i++) this.#slots[(this.#first * COLUMNS + i) % this.#slots.length] = rows[i] ?? 0;
  }
}
