import type { Step } from './step.ts';

/**
 * So many steps in a row that are alike in what one rule looks at. Plain data: it is part of the snapshot.
 * A parallel twin (same keys, overlapping the step that opened the present count) does not count again.
 */
export interface Streak {
  key: number;
  second: number;
  count: number;
  /** How many of the newest in a row came closer together than a poll. */
  close: number;
  /** Session step at which it began, when that was, and what the session had spent by then, nano-USD. */
  since: number;
  sinceUs: number;
  sinceSpent: number;
  startUs: number;
  endUs: number;
  atUs: number;
  /** Session step that extended it last: a rule speaks of that step only. */
  last: number;
}

export const emptyStreak = (): Streak => ({
  key: 0,
  second: 0,
  count: 0,
  close: 0,
  since: 0,
  sinceUs: 0,
  sinceSpent: 0,
  startUs: 0,
  endUs: 0,
  atUs: 0,
  last: -1,
});

export interface StreakStep {
  readonly step: Step;
  readonly key: number;
  readonly second: number;
  /** Session step number. */
  readonly number: number;
  /** What the session has spent by now, nano-USD. */
  readonly spent: number;
  /** Repeats at least this far apart are not close. */
  readonly gapUs: number;
}

/** Counts the step into the streak, or begins a new one with it. */
export function extendStreak(streak: Streak, { step, key, second, number, spent, gapUs }: StreakStep): void {
  const same = streak.count > 0 && streak.key === key && streak.second === second;
  if (same && step.startUs < streak.endUs && streak.startUs < step.endUs) return;
  const close = same && step.atUs - streak.atUs < gapUs;
  streak.close = close ? streak.close + 1 : 1;
  streak.count = same ? streak.count + 1 : 1;
  if (!same) begin(streak, { number, spent, atUs: step.atUs });
  streak.key = key;
  streak.second = second;
  streak.startUs = step.startUs;
  streak.endUs = step.endUs;
  streak.atUs = step.atUs;
  streak.last = number;
}

/** The same by arrival alone: parallel ones count, and a gap begins a new streak. */
export function extendArrivals(
  streak: Streak,
  { key, number, spent, atUs, gapUs }: { key: number; number: number; spent: number; atUs: number; gapUs: number },
): void {
  const goesOn = streak.count > 0 && streak.key === key && atUs - streak.atUs < gapUs;
  streak.count = goesOn ? streak.count + 1 : 1;
  if (!goesOn) begin(streak, { number, spent, atUs });
  streak.key = key;
  streak.atUs = atUs;
  streak.last = number;
}

function begin(streak: Streak, { number, spent, atUs }: { number: number; spent: number; atUs: number }): void {
  streak.since = number;
  streak.sinceUs = atUs;
  streak.sinceSpent = spent;
}

/** A streak that has not begun: one for all sessions, never written to. Most sessions begin few of theirs. */
export const NO_STREAK: Streak = emptyStreak();

/** Time under a hold is no gap: what comes next goes on where the streak was. */
export function bridgeGap(streak: Streak): void {
  if (streak.count > 0) streak.atUs = Number.MAX_SAFE_INTEGER;
}

export function endStreak(streak: Streak): void {
  if (streak.count === 0) return;
  streak.count = 0;
  streak.close = 0;
}

export const streakToRow = (s: Streak): number[] => [
  s.key,
  s.second,
  s.count,
  s.close,
  s.since,
  s.startUs,
  s.endUs,
  s.atUs,
  s.last,
  s.sinceUs,
  s.sinceSpent,
];

export function rowToStreak(row: readonly number[]): Streak {
  const [key = 0, second = 0, count = 0, close = 0, since = 0, startUs = 0, endUs = 0, atUs = 0, last = -1, sinceUs = 0, sinceSpent = 0] =
    row;
  return { key, second, count, close, since, startUs, endUs, atUs, last, sinceUs, sinceSpent };
}
