/**
 * Page's cumulative sums (1954) for a shift up and a shift down of a standardised series. Values are capped, so that no single one decides
 * (Lucas and Crosier 1982, robust CUSUM).
 */
export class TwoSidedCusum {
  up = 0;
  down = 0;

  /** @param z standardised: 0 is normal, 1 a standard deviation. @param allowance half the shift to be found, in standard deviations. */
  push(z: number, { allowance, cap }: { readonly allowance: number; readonly cap: number }): void {
    const held = Math.max(-cap, Math.min(cap, z));
    this.up = Math.max(0, this.up + held - allowance);
    this.down = Math.max(0, this.down - held - allowance);
  }

  get largest(): number {
    return Math.max(this.up, this.down);
  }

  clear(): void {
    this.up = 0;
    this.down = 0;
  }
}
