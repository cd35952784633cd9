/** Log-likelihood ratio of one observation for an event of probability `p1` against `p0`. A share between 0 and 1 counts in proportion. */
export function bernoulliEvidence(share: number, p0: number, p1: number): number {
  return share * Math.log(p1 / p0) + (1 - share) * Math.log((1 - p1) / (1 - p0));
}

/** Page's CUSUM on the log-likelihood ratio: the optimal sequential test for a rise from `p0` to `p1` (Moustakides 1986). */
export class BernoulliCusum {
  value = 0;

  /** @param share 0 or 1, or the share of a run in which the event happened. */
  push(share: number, p0: number, p1: number): void {
    this.value = Math.max(0, this.value + bernoulliEvidence(share, p0, p1));
  }

  clear(): void {
    this.value = 0;
  }
}
