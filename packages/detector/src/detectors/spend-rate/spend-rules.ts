import type { Severity } from '@belay/protocol';
import type { SpendConfig } from './spend-config.ts';

/** Spend and calls of one trailing window beside the agent's habit. */
export interface WindowFacts {
  readonly seconds: number;
  readonly sum: number;
  readonly count: number;
  readonly usualSum: number;
  readonly usualCount: number;
  /** The largest that is remembered; undefined: nothing is. */
  readonly most: { readonly sum: number; readonly count: number } | undefined;
  readonly samples: number;
}

export interface SpendFacts {
  readonly windows: readonly WindowFacts[];
  /** Event time since the agent's first decision, seconds. */
  readonly ageSeconds: number;
  readonly surgeRatio: number | undefined;
  /** How much wider limits of the habit and floors are: a new version, a grown fleet. ≥ 1. */
  readonly width: number;
}

export interface SpendMatch {
  readonly rule: string;
  readonly cause: string;
  readonly severity: Severity;
  readonly by: 'cost' | 'count';
  readonly window: WindowFacts;
  /** What it was compared with, in the unit of `by`. */
  readonly limit: number;
  /** How often the usual it is; undefined for a cap. */
  readonly ratio?: number;
}

const NANO = 1e9;
/** Seconds in which cost and number are judged together. */
const MOMENT = 1;
/** What has been there before is no burst, however rare: no limit is below this many times the largest remembered. */
const ABOVE_MOST = 1.1;
/** Windows that an agent is older than `matureSeconds` before that window is judged at full strength. */
const MATURE_WINDOWS = 2;
/** Seconds of the window in which a surge has to pass the floor. */
const SURGE_WINDOW = 30;
/** A floor per minute never asks less of a short window than this part of a minute. */
const LEAST_MINUTES = 1 / 3;

/** A floor in units per minute as an amount for one window. */
const floorOf = (perMinute: number, seconds: number): number => perMinute * Math.max(LEAST_MINUTES, seconds / 60);

/** Below both floors and both caps: no rule can hold. */
export const isQuietWindow = (config: SpendConfig, { seconds, sum, count }: Pick<WindowFacts, 'seconds' | 'sum' | 'count'>): boolean =>
  sum <= Math.min(floorOf(config.floorUsdPerMinute, seconds), config.capUsdPerMinute) * NANO &&
  count <= Math.min(floorOf(config.floorCallsPerMinute, seconds), config.capCallsPerMinute);

/** Limits are up to three times as wide while the agent is young, for longer windows longer: there have been fewer of them. */
function youth(config: SpendConfig, ageSeconds: number, windowSeconds: number): number {
  return 1 + 2 * Math.max(0, 1 - ageSeconds / (config.matureSeconds + MATURE_WINDOWS * windowSeconds));
}

function factorOf(config: SpendConfig, seconds: number): number {
  if (seconds <= MOMENT) return config.burst1sFactor;
  if (seconds <= 30) return config.burst30sFactor;
  return seconds <= 120 ? config.burst120sFactor : config.burst300sFactor;
}

/** The cost above which a window is none of the habit, nano-USD. */
function costLimit(config: SpendConfig, facts: SpendFacts, { seconds, usualSum, most }: WindowFacts): number {
  const habit = Math.max(usualSum * factorOf(config, seconds), (most?.sum ?? 0) * ABOVE_MOST);
  return facts.width * Math.max(habit * youth(config, facts.ageSeconds, seconds), floorOf(config.floorUsdPerMinute, seconds) * NANO);
}

/** The number of decisions above which it is none. @param by how much wider than a limit on cost. */
function countLimit(config: SpendConfig, facts: SpendFacts, { window, by }: { window: WindowFacts; by: number }): number {
  const { seconds, usualCount, most } = window;
  const habit = Math.max(usualCount * factorOf(config, seconds) * by, (most?.count ?? 0) * ABOVE_MOST);
  return facts.width * Math.max(habit * youth(config, facts.ageSeconds, seconds), floorOf(config.floorCallsPerMinute, seconds));
}

/** One dear call fills a second: so short a window is a burst only if its number of calls is one as well. */
const isManyCalls = (config: SpendConfig, facts: SpendFacts, window: WindowFacts): boolean =>
  window.seconds > MOMENT || window.count > countLimit(config, facts, { window, by: 1 });

/** Caps: from the first decision, whatever the habit. */
export function capMatches(config: SpendConfig, { windows }: SpendFacts): SpendMatch[] {
  const window = windows.find(({ seconds }) => seconds === 60);
  if (window === undefined) return [];
  const usd = config.capUsdPerMinute * NANO;
  const found: SpendMatch[] = [];
  if (window.sum > usd) found.push({ rule: 'cap_usd', cause: 'cap_usd', severity: 'critical', by: 'cost', window, limit: usd });
  if (window.count > config.capCallsPerMinute)
    found.push({ rule: 'cap_calls', cause: 'cap_calls', severity: 'critical', by: 'count', window, limit: config.capCallsPerMinute });
  return found;
}

/** Cost of a window above the agent's own habit. */
export function burstMatch(config: SpendConfig, facts: SpendFacts): SpendMatch | undefined {
  for (const window of judged(config, facts)) {
    const limit = costLimit(config, facts, window);
    if (window.usualSum > 0 && window.sum > limit && isManyCalls(config, facts, window))
      return {
        rule: `burst_${window.seconds}s`,
        cause: 'burst',
        severity: 'warning',
        by: 'cost',
        window,
        limit,
        ratio: window.sum / window.usualSum,
      };
  }
  return undefined;
}

/** Number of calls of a window above the agent's own habit. */
export function volumeMatch(config: SpendConfig, facts: SpendFacts): SpendMatch | undefined {
  for (const window of judged(config, facts)) {
    const limit = countLimit(config, facts, { window, by: config.volumeFactor });
    if (window.seconds > MOMENT && window.count > limit)
      return {
        rule: `volume_${window.seconds}s`,
        cause: 'volume',
        severity: 'warning',
        by: 'count',
        window,
        limit,
        ratio: window.count / window.usualCount,
      };
  }
  return undefined;
}

/** Each decision far dearer than those before, while there is no habit to compare with. */
export function surgeMatch(config: SpendConfig, facts: SpendFacts): SpendMatch | undefined {
  const window = facts.windows.find(({ seconds }) => seconds === SURGE_WINDOW);
  if (window === undefined || facts.surgeRatio === undefined || facts.ageSeconds >= config.matureSeconds) return undefined;
  const limit = floorOf(config.floorUsdPerMinute, window.seconds) * NANO;
  if (window.sum <= limit) return undefined;
  return { rule: 'surge', cause: 'burst', severity: 'warning', by: 'cost', window, limit, ratio: facts.surgeRatio };
}

const judged = (config: SpendConfig, { windows, ageSeconds }: SpendFacts): readonly WindowFacts[] =>
  ageSeconds < config.leastSeconds ? [] : windows.filter(({ samples }) => samples >= config.leastSamples);
