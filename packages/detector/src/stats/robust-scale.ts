/** Consistency factor: MAD × 1.4826 estimates the standard deviation of a normal distribution (Rousseeuw and Croux 1993). */
const MAD_TO_SIGMA = 1.4826;

/** Median of a non-empty list; the mean of the middle two when its length is even. NaN for an empty one. Does not change the list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Centre and spread that half of the values can be wrong without moving far: median, and MAD scaled to a standard deviation. */
export function robustScale(values: readonly number[]): { readonly centre: number; readonly sigma: number } {
  const centre = median(values);
  return { centre, sigma: MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre))) };
}
