/**
 * Jensen–Shannon distance of two samples of the same categories: 0 = equal, 1 = nothing in common (base-2 logarithms, square root, a metric:
 * Endres and Schindelin 2003). Each category counts `prior` more than it was seen (Dirichlet smoothing; 0.5 is Jeffreys'), so that a category
 * that one sample has never shown is rare, not impossible. Order of categories does not matter. 0 when there are none.
 */
export function jensenShannonDistance(a: readonly number[], b: readonly number[], prior = 0.5): number {
  const categories = Math.max(a.length, b.length);
  const [totalA, totalB] = [total(a) + prior * categories, total(b) + prior * categories];
  let divergence = 0;
  for (let i = 0; i < categories; i++) {
    const p = ((a[i] ?? 0) + prior) / totalA;
    const q = ((b[i] ?? 0) + prior) / totalB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, Math.min(1, divergence || 0)));
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
