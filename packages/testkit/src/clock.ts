import type { Clock } from '@belay/protocol';

/** A clock that moves only when told to. Times in integer microseconds. */
export interface ManualClock extends Clock {
  /** Moves both clocks forward. @throws RangeError on a negative step. */
  advance(stepUs: number): void;
  /** Moves both clocks forward by milliseconds. */
  advanceMs(stepMs: number): void;
  /** Sets the wall clock alone, forward or back, as an operator or NTP would. */
  setWall(us: number): void;
}

/** 2026-01-05T08:00:00Z. */
export const MANUAL_CLOCK_START_US = 1_767_600_000_000_000;

/** @param startUs wall clock at the start; the monotonic clock starts at 0. */
export function createManualClock(startUs: number = MANUAL_CLOCK_START_US): ManualClock {
  let wallUs = startUs;
  let monotonicUs = 0;
  const advance = (stepUs: number): void => {
    if (!(stepUs >= 0)) throw new RangeError(`A clock cannot advance by ${stepUs} µs.`);
    wallUs += stepUs;
    monotonicUs += stepUs;
  };
  return {
    nowUs: () => wallUs,
    monotonicUs: () => monotonicUs,
    advance,
    advanceMs: (stepMs) => advance(stepMs * 1000),
    setWall: (us) => {
      wallUs = us;
    },
  };
}
