import { BelayError, type Json } from '@belay/protocol';
import { unpackNumbers } from '../packed-numbers.ts';
import { createSessionTrack, type SessionTrack, type Streaks } from './session-track.ts';
import { rowToStreak, streakToRow } from './streak.ts';

/** A session's track as JSON, and back. */
export function trackToState(track: SessionTrack): Json {
  return {
    turn: track.turn,
    lastUs: track.lastUs,
    spent: track.spent,
    number: track.number,
    ring: track.ring.snapshot(),
    streaks: Object.fromEntries(rowsOf(track.streaks)),
    cascadeTools: track.cascadeTools,
    stalledFailures: track.stalledFailures,
    stalledWays: track.stalledWays,
    ids: track.ids.snapshot(),
    toolName: track.toolName,
    loopedAt: track.loopedAt,
    liftedAt: track.liftedAt,
  };
}

/** Streaks under way; one that has ended is as one that never began. */
const rowsOf = (streaks: Streaks): (readonly [string, number[]])[] =>
  Object.entries(streaks).flatMap(([name, streak]) => (streak.count === 0 ? [] : [[name, streakToRow(streak)] as const]));

/** @throws BelayError `corrupt` when the state has not the shape {@link trackToState} writes. */
export function stateToTrack(state: unknown): SessionTrack {
  const { turn, lastUs, spent, number, ring, streaks, cascadeTools, stalledFailures, stalledWays, ids, toolName, loopedAt, liftedAt } =
    objectOf(state);
  const track = createSessionTrack();
  track.turn = numberOf(turn);
  track.lastUs = numberOf(lastUs);
  track.spent = numberOf(spent);
  track.number = numberOf(number);
  track.ring.restore(stepsOf(ring));
  for (const [name, row] of Object.entries(objectOf(streaks)))
    if (name in track.streaks) track.streaks[name as keyof Streaks] = rowToStreak(numbersOf(row));
  track.cascadeTools = numbersOf(cascadeTools);
  track.stalledFailures = numberOf(stalledFailures);
  track.stalledWays = numberOf(stalledWays);
  restoreIds(track, ids);
  track.toolName = String(toolName);
  track.loopedAt = numberOf(loopedAt);
  track.liftedAt = numberOf(liftedAt);
  return track;
}

const corrupt = (what: string): BelayError =>
  new BelayError('corrupt', `A snapshot of the detector loop holds no ${what} where one belongs; its state starts afresh.`);

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt('object');
  return value as Record<string, unknown>;
}

function arrayOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw corrupt('list');
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw corrupt('number');
  return value;
}

/** A list is what snapshots held before they packed their numbers. */
const stepsOf = (value: unknown): ArrayLike<number> =>
  typeof value === 'string' ? (unpackNumbers(value) ?? numbersOf(undefined)) : numbersOf(value);

function restoreIds({ ids }: SessionTrack, value: unknown): void {
  if (typeof value !== 'string') for (const id of arrayOf(value)) ids.push(String(id));
  else if (!ids.restore(value)) throw corrupt('decision ids');
}

const numbersOf = (value: unknown): number[] => arrayOf(value).map(numberOf);
