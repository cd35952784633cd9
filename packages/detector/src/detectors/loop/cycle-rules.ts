import type { Severity } from '@belay/protocol';
import type { Match, Rule } from './rule.ts';
import type { SessionTrack } from './session-track.ts';

/** Rounds that the newest steps go through a cycle of `period` calls; results equal, or (L5) all unknown. */
function isCycle(track: SessionTrack, period: number, { rounds, unknownResults }: { rounds: number; unknownResults: boolean }): boolean {
  const { ring } = track;
  const span = period * rounds;
  if (ring.length < span || ring.call(0) === 0) return false;
  for (let age = 0; age < span - period; age++) if (!ring.isSame(age, age + period)) return false;
  for (let age = 0; age < period; age++) if (ring.isResultKnown(age) === unknownResults || ring.call(age) === 0) return false;
  return isPrimitive(track, period);
}

/** A cycle of 4 that is a cycle of 2 twice round is reported as the cycle of 2; one of a single call belongs to the repeat rules. */
function isPrimitive({ ring }: SessionTrack, period: number): boolean {
  for (let shorter = 1; shorter < period; shorter++) {
    if (period % shorter !== 0) continue;
    let same = true;
    for (let age = 0; same && age < period - shorter; age++) same = ring.isSame(age, age + shorter);
    if (same) return false;
  }
  return true;
}

const cycleMatch = (track: SessionTrack, period: number, { rounds, severity }: { rounds: number; severity: Severity }): Match => ({
  severity,
  count: period * rounds,
  since: track.number - period * rounds + 1,
  ...track.ring.beginOf(period * rounds - 1),
  what: period === 1 ? 'the same call' : `the same round of ${period} calls`,
  key: cycleKey(track, period),
  calls: Array.from({ length: period }, (_, age) => track.ring.call(age)),
});

function hasFailure({ ring }: SessionTrack, period: number): boolean {
  for (let age = 0; age < period; age++) if (ring.hasFailed(age)) return true;
  return false;
}

/** The same wherever in the round it is looked at. */
function cycleKey({ ring }: SessionTrack, period: number): number {
  let key = Number.MAX_SAFE_INTEGER;
  for (let age = 0; age < period; age++) key = Math.min(key, ring.call(age));
  return key;
}

/** A round with a failure in it is a loop only after as many rounds as L2 allows failures: a retry after an answer is not yet a loop. */
const cycleRule = (
  id: string,
  periods: readonly number[],
  { setting, unknownResults }: { setting: 'l3Rounds' | 'l4Rounds' | 'l5Rounds'; unknownResults: boolean },
): Rule => ({
  id,
  on: 'action',
  match: (track, config) => {
    if (track.stale) return undefined;
    const rounds = config[setting];
    const period = periods.find((candidate) => isCycle(track, candidate, { rounds, unknownResults }));
    if (period === undefined) return undefined;
    const failureRounds = Math.max(rounds, config.l2Loop);
    const isEarly =
      failureRounds > rounds && hasFailure(track, period) && !isCycle(track, period, { rounds: failureRounds, unknownResults });
    return cycleMatch(track, period, { rounds, severity: isEarly ? 'info' : 'warning' });
  },
});

/** Rounds of calls, in a row or scattered: L3, L4, L5, L6. */
export const cycleRules: readonly Rule[] = [
  cycleRule('L3', [2], { setting: 'l3Rounds', unknownResults: false }),
  cycleRule('L4', [3, 4, 5], { setting: 'l4Rounds', unknownResults: false }),
  cycleRule('L5', [1, 2, 3, 4, 5], { setting: 'l5Rounds', unknownResults: true }),
  {
    id: 'L6',
    on: 'action',
    match: (track, { l6Repeats, l6Window, l1bLoop, pollGapSeconds }) => {
      if (track.stale || track.ring.call(0) === 0 || !track.ring.isResultKnown(0)) return undefined;
      const { count, oldest, meanGapUs } = track.ring.repeats(l6Window);
      const isPoll = meanGapUs >= pollGapSeconds * 1e6;
      if (count < (isPoll ? Math.max(l6Repeats, l1bLoop) : l6Repeats)) return undefined;
      return {
        severity: 'warning',
        count,
        since: track.number - oldest,
        ...track.ring.beginOf(oldest),
        what: 'the same call with the same result, other calls between or not,',
        key: track.ring.call(0),
        calls: [track.ring.call(0)],
      };
    },
  },
];
