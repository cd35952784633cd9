/** What goes on while control is away: at once refused, for a grace period, or always. */
export type AwayMode = 'allow' | 'grace' | 'refuse';

/**
 * Who may act when a part of the platform is away (docs/adr/004-fail-modes.md). A pause or kill that was received before stays in force
 * in every mode.
 */
export interface FailMode {
  /** Reads while control is away. Default `allow`. */
  readonly read: AwayMode;
  /** Writes while control is away. Default `grace`. */
  readonly write: AwayMode;
  /** Destructive actions while control is away. Default `refuse`. */
  readonly destructive: AwayMode;
  /** The grace period, ms by the monotonic clock, counted from the last contact (at start: from the start). Default 30,000. */
  readonly graceMs: number;
  /** How long a write before the first state, or a destructive action while control is away, waits for control before its mode decides, ms. Default 1,000. */
  readonly waitForControlMs: number;
  /** With no control configured at all: run and say *unprotected*, or refuse what is not a read. Default `allow`. */
  readonly unprotected: 'allow' | 'refuse';
  /** A destructive action whose proposal the collector has not acknowledged. Default `refuse`. */
  readonly unrecorded: 'allow' | 'refuse';
  /** How long a destructive action waits for that acknowledgement, ms. Default 2,000. */
  readonly recordTimeoutMs: number;
}

export const DEFAULT_FAIL_MODE: FailMode = {
  read: 'allow',
  write: 'grace',
  destructive: 'refuse',
  graceMs: 30_000,
  waitForControlMs: 1000,
  unprotected: 'allow',
  unrecorded: 'refuse',
  recordTimeoutMs: 2000,
};
