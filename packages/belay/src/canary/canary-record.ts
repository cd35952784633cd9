/** One trip of the canary through the whole loop, µs. */
export interface CanaryTrip {
  readonly atUs: number;
  /** End of the canary's action → the hold is on record. */
  readonly heldUs: number;
  /** → no new action can start. */
  readonly appliedUs: number;
  /** → nothing covered is in flight: the whole loop. */
  readonly confirmedUs: number;
}

/** What is known about the loop. */
export interface CanaryStatus {
  readonly state: 'waiting' | 'working' | 'broken';
  readonly last: CanaryTrip | undefined;
  /** Mean of the whole loop over the trips kept, µs. */
  readonly averageUs: number | undefined;
  readonly trips: number;
  readonly failures: number;
  /** Set while the loop is broken: since when, and where it stopped. */
  readonly brokenSinceUs: number | undefined;
  readonly problem: string | undefined;
}

/** Keeps the last trips and whether the loop works. Pure. */
export interface CanaryRecord {
  arrived(trip: CanaryTrip): void;
  /** @returns true when the loop worked until now: the moment to raise the alarm. */
  failed(problem: string, atUs: number): boolean;
  status(): CanaryStatus;
}

const KEPT = 120;

export function createCanaryRecord(): CanaryRecord {
  const trips: CanaryTrip[] = [];
  let total = 0;
  let failures = 0;
  let broken: { sinceUs: number; problem: string } | undefined;
  return {
    arrived(trip) {
      trips.push(trip);
      if (trips.length > KEPT) trips.shift();
      total += 1;
      broken = undefined;
    },
    failed(problem, atUs) {
      failures += 1;
      const isNew = broken === undefined;
      broken = { sinceUs: broken?.sinceUs ?? atUs, problem };
      return isNew;
    },
    status: () => ({
      state: broken !== undefined ? 'broken' : total === 0 ? 'waiting' : 'working',
      last: trips.at(-1),
      averageUs: trips.length === 0 ? undefined : Math.round(trips.reduce((sum, trip) => sum + trip.confirmedUs, 0) / trips.length),
      trips: total,
      failures,
      brokenSinceUs: broken?.sinceUs,
      problem: broken?.problem,
    }),
  };
}
