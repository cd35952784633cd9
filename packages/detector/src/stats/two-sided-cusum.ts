/** Values since a sum left zero. */
export interface Excursion {
  readonly count: number;
  readonly mean: number;
}

/**
 * Page's cumulative sums (1954) for a shift up and a shift down of a standardised series. Values are capped, so that no single one decides
 * (Lucas and Crosier 1982, robust CUSUM). What came since a sum left zero is the estimate of the new level, and of when it began.
 */
export class TwoSidedCusum {
  up = 0;
  down = 0;
  #upCount = 0;
  #upTotal = 0;
  #downCount = 0;
  #downTotal = 0;

  /** @param z standardised: 0 is normal, 1 a standard deviation. @param allowance half the shift to be found, in standard deviations. */
  push(z: number, { allowance, cap }: { readonly allowance: number; readonly cap: number }, value = z): void {
    const held = Math.max(-cap, Math.min(cap, z));
    this.up = Math.max(0, this.up + held - allowance);
    this.down = Math.max(0, this.down - held - allowance);
    this.#upCount = this.up === 0 ? 0 : this.#upCount + 1;
    this.#upTotal = this.up === 0 ? 0 : this.#upTotal + value;
    this.#downCount = this.down === 0 ? 0 : this.#downCount + 1;
    this.#downTotal = this.down === 0 ? 0 : this.#downTotal + value;
  }

  get largest(): number {
    return Math.max(this.up, this.down);
  }

  /** Of the side whose sum is larger, the values as they were pushed. */
  get excursion(): Excursion {
    const [count, total] = this.up >= this.down ? [this.#upCount, this.#upTotal] : [this.#downCount, this.#downTotal];
    return { count, mean: count === 0 ? 0 : total / count };
  }

  clear(): void {
    this.restore([]);
  }

  snapshot(): number[] {
    return [this.up, this.down, this.#upCount, this.#upTotal, this.#downCount, this.#downTotal];
  }

  restore([up = 0, down = 0, upCount = 0, upTotal = 0, downCount = 0, downTotal = 0]: readonly number[]): void {
    this.up = up;
    this.down = down;
    this.#upCount = upCount;
    this.#upTotal = upTotal;
    this.#downCount = downCount;
    this.#downTotal = downTotal;
  }
}
