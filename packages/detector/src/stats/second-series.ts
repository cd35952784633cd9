const FIRST_SIZE = 16;

/** Amounts and counts of the seconds in which anything happened, newest last; older than the horizon is dropped. A slot has an index that never changes while it is kept. */
export class SecondSeries {
  readonly #horizon: number;
  #seconds = new Float64Array(FIRST_SIZE);
  #amounts = new Float64Array(FIRST_SIZE);
  #counts = new Float64Array(FIRST_SIZE);
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
    return this.#seconds[index % this.#seconds.length] ?? 0;
  }

  amount(index: number): number {
    return this.#amounts[index % this.#amounts.length] ?? 0;
  }

  count(index: number): number {
    return this.#counts[index % this.#counts.length] ?? 0;
  }

  /** Adds to the newest second, or begins it. Seconds MUST NOT go back. */
  add(second: number, amount: number): void {
    if (this.#end === this.#first || this.second(this.#end - 1) !== second) this.#begin(second);
    const slot = (this.#end - 1) % this.#seconds.length;
    this.#amounts[slot] = (this.#amounts[slot] ?? 0) + amount;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  #begin(second: number): void {
    while (this.#first < this.#end && this.second(this.#first) <= second - this.#horizon) this.#first++;
    if (this.#end - this.#first === this.#seconds.length) this.#grow();
    const slot = this.#end++ % this.#seconds.length;
    this.#seconds[slot] = second;
    this.#amounts[slot] = 0;
    this.#counts[slot] = 0;
  }

  #grow(): void {
    const rows = this.rows();
    const size = this.#seconds.length * 2;
    this.#seconds = new Float64Array(size);
    this.#amounts = new Float64Array(size);
    this.#counts = new Float64Array(size);
    this.#put(rows);
  }

  /** [second, amount, count] of every slot, oldest first, flat. */
  rows(): number[] {
    const rows: number[] = [];
    for (let index = this.#first; index < this.#end; index++) rows.push(this.second(index), this.amount(index), this.count(index));
    return rows;
  }

  restore(first: number, rows: readonly number[]): void {
    const length = Math.floor(rows.length / 3);
    let size = FIRST_SIZE;
    while (size < length) size *= 2;
    this.#seconds = new Float64Array(size);
    this.#amounts = new Float64Array(size);
    this.#counts = new Float64Array(size);
    this.#first = first;
    this.#end = first + length;
    this.#put(rows);
  }

  #put(rows: readonly number[]): void {
    for (let i = 0; 3 * i < rows.length; i++) {
      const slot = (this.#first + i) % this.#seconds.length;
      this.#seconds[slot] = rows[3 * i] ?? 0;
      this.#amounts[slot] = rows[3 * i + 1] ?? 0;
      this.#counts[slot] = rows[3 * i + 2] ?? 0;
    }
  }
}
