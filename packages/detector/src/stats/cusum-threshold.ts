/** Overshoot of a normal random walk over a boundary, in standard deviations (Siegmund 1985, `Sequential Analysis`). */
const NORMAL_OVERSHOOT = 0.583;

/** `x` with e^x − 1 − x = `total`: the inverse of Siegmund's formula, by its contraction. */
function exponentOf(total: number): number {
  let x = 1;
  for (let i = 0; i < 60; i++) {
    const next = Math.log(1 + x + Math.max(0, total));
    if (Math.abs(next - x) < 1e-12) return next;
    x = next;
  }
  return x;
}

/**
 * Siegmund's approximation (1985): how many standard normal observations a two-sided CUSUM with this allowance takes on average until it
 * passes `threshold`, when nothing has changed. Good within a few per cent from run lengths of 100 on.
 */
export function normalCusumRunLength(threshold: number, allowance: number): number {
  const exponent = 2 * allowance * (threshold + 2 * NORMAL_OVERSHOOT);
  return (Math.exp(exponent) - 1 - exponent) / (2 * allowance * allowance) / 2;
}

/** The threshold at which {@link normalCusumRunLength} is `runLength`. */
export function normalCusumThreshold(runLength: number, allowance: number): number {
  return Math.max(1, exponentOf(4 * runLength * allowance * allowance) / (2 * allowance) - 2 * NORMAL_OVERSHOOT);
}

/**
 * The threshold of a log-likelihood-ratio CUSUM on events of probability `p0`, tuned to `p1`, for an average of `runLength` observations
 * between false alarms: Siegmund's formula with the drift of the ratio (the relative entropy of `p0` against `p1`) and the correction for
 * discreteness of Reynolds and Stoumbos (1999).
 */
export function bernoulliCusumThreshold(runLength: number, p0: number, p1: number): number {
  const hit = Math.log(p1 / p0);
  const miss = Math.log((1 - p1) / (1 - p0));
  const entropy = -(p0 * hit + (1 - p0) * miss);
  return Math.max(1, exponentOf(runLength * entropy) - Math.max(0, ((1 - 2 * p0) / 3) * (hit - miss)));
}
