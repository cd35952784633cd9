/** Decisions younger than this at a boundary wait for the next: what is found about them may still be on its way. µs. */
export const SETTLE_US = 30e6;

/** Flagged sessions of so long before a window still taint what they use in it. µs. */
export const TAINT_US = 86_400e6;

/** The newest boundary of the schedule at or before a time. Times µs. */
export const boundaryBefore = (atUs: number, periodSeconds: number): number =>
  Math.floor(atUs / (periodSeconds * 1e6)) * periodSeconds * 1e6;
