import type { Severity } from '@belay/protocol';
import type { LoopConfig } from './loop-config.ts';
import type { SessionTrack, Streaks } from './session-track.ts';
import type { Streak } from './streak.ts';

/** A rule holds for the newest step of a session. */
export interface Match {
  readonly severity: Severity;
  /** Steps that make up the pattern. */
  readonly count: number;
  /** Session step at which the pattern began, when that was, and what the session had spent by then, nano-USD. */
  readonly since: number;
  readonly sinceUs: number;
  readonly sinceSpent: number;
  /** What repeats, for the sentence: "the same call with the same result". */
  readonly what: string;
  /** Fingerprint of what repeats; part of the cause. */
  readonly key: number;
  /** What a person may allow to repeat: calls, or a tool. */
  readonly calls?: readonly number[];
  readonly tool?: number;
}

export interface Rule {
  readonly id: string;
  /** What the newest step must have been for the rule to be asked. */
  readonly on: 'action' | 'message' | 'condensation';
  /** The streak it looks at, where it looks at one: asked only when the newest step extended it. */
  readonly streak?: keyof Streaks;
  match(track: SessionTrack, config: LoopConfig): Match | undefined;
}

/** Nudge and loop thresholds of a streak: info from `nudge`, warning from `loop`. */
export function graded(count: number, thresholds: { nudge?: number; loop: number }): 'info' | 'warning' | undefined {
  if (count >= thresholds.loop) return 'warning';
  return thresholds.nudge !== undefined && count >= thresholds.nudge ? 'info' : undefined;
}

/** Where a streak began. */
export const beginOf = ({ since, sinceUs, sinceSpent }: Streak): Pick<Match, 'since' | 'sinceUs' | 'sinceSpent'> => ({
  since,
  sinceUs,
  sinceSpent,
});
