/** Log-likelihood ratio of one observation for an event of probability `p1` against `p0`. A share between 0 and 1 counts in proportion. */
export function bernoulliEvidence(share: number, p0: number, p1: number): number {
  return share * Math.log(p1 / p0) + (1 - share) * Math.log((1 - p1) / (1 - p0));
}

/** What is tested against what. */
export interface BernoulliTest {
  readonly p0: number;
  readonly p1: number;
  /** Observations that one value stands for; 1 when not given. */
  readonly weight?: number;
  /** Most that one value adds; unlimited when not given. */
  readonly cap?: number;
}

/** Page's CUSUM on the log-likelihood ratio: the optimal sequential test for a rise from `p0` to `p1` (Moustakides 1986). */
export class BernoulliCusum {
  value = 0;

  /** @param share 0 or 1, or the share of a run in which the event happened. */
  push(share: number, { p0, p1, weight = 1, cap = Number.POSITIVE_INFINITY }: BernoulliTest): void {
    this.value = Math.max(0, this.value + Math.min(cap, weight * bernoulliEvidence(share, p0, p1)));
  }

  clear(): void {
    this.value = 0;
  }
}
