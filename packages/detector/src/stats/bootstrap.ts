/**
 * A percentile of a statistic under resampling: draws `samples` samples of `size` categories from `counts` (with replacement) and answers the
 * `quantile` of `statistic` over them. The same seed gives the same answer.
 * @param counts how often each category was seen; at least one above 0.
 */
export function bootstrapQuantile(
  counts: readonly number[],
  statistic: (sample: readonly number[]) => number,
  options: { readonly samples: number; readonly size: number; readonly quantile: number; readonly seed: number },
): number {
  const cumulative: number[] = [];
  let total = 0;
  for (const count of counts) {
    total += count;
    cumulative.push(total);
  }
  const next = uniforms(options.seed);
  const values = Array.from({ length: options.samples }, () => {
    const sample = counts.map(() => 0);
    for (let i = 0; i < options.size; i++) {
      const at = indexAbove(cumulative, next() * total);
      sample[at] = (sample[at] ?? 0) + 1;
    }
    return statistic(sample);
  }).sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.ceil(options.quantile * values.length) - 1)] ?? 0;
}

/** First index whose cumulative count is above `value`. */
function indexAbove(cumulative: readonly number[], value: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Seeded uniform numbers in [0, 1) (mulberry32, public domain, Tommy Ettinger). */
function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
