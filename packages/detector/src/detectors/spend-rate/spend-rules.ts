import type { Severity } from '@belay/protocol';
import type { SpendConfig } from './spend-config.ts';

/** Spend and calls of one trailing window beside the agent's habit. */
export interface WindowFacts {
  readonly seconds: number;
  readonly sum: number;
  readonly count: number;
  readonly usualSum: number;
  readonly usualCount: number;
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
/** A floor per minute never asks less of a short window than this part of a minute. */
const LEAST_MINUTES = 1 / 3;

/** A floor in units per minute as an amount for one window. */
const floorOf = (perMinute: number, seconds: number): number => perMinute * Math.max(LEAST_MINUTES, seconds / 60);

/** Below both floors and both caps: no rule can hold. */
export const isQuietWindow = (config: SpendConfig, { seconds, sum, count }: Pick<WindowFacts, 'seconds' | 'sum' | 'count'>): boolean =>
  sum <= Math.min(floorOf(config.floorUsdPerMinute, seconds), config.capUsdPerMinute) * NANO &&
  count <= Math.min(floorOf(config.floorCallsPerMinute, seconds), config.capCallsPerMinute);

/** Limits are up to three times as wide while the agent is young. */
function youth(config: SpendConfig, ageSeconds: number): number {
  return 1 + 2 * Math.max(0, 1 - ageSeconds / config.matureSeconds);
}

const factorOf = (config: SpendConfig, seconds: number): number =>
  seconds <= 10 ? config.burst10sFactor : seconds <= 60 ? config.burst60sFactor : config.burst300sFactor;

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
    const usual = window.usualSum * factorOf(config, window.seconds) * youth(config, facts.ageSeconds);
    const limit = facts.width * Math.max(usual, floorOf(config.floorUsdPerMinute, window.seconds) * NANO);
    if (window.usualSum > 0 && window.sum > limit)
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
    const factor = factorOf(config, window.seconds) * config.volumeFactor * youth(config, facts.ageSeconds);
    const limit = facts.width * Math.max(window.usualCount * factor, floorOf(config.floorCallsPerMinute, window.seconds));
    if (window.count > limit)
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
  const window = facts.windows[0];
  if (window === undefined || facts.surgeRatio === undefined || facts.ageSeconds >= config.matureSeconds) return undefined;
  const limit = floorOf(config.floorUsdPerMinute, window.seconds) * NANO;
  if (window.sum <= limit) return undefined;
  return { rule: 'surge', cause: 'burst', severity: 'warning', by: 'cost', window, limit, ratio: facts.surgeRatio };
}

const judged = (config: SpendConfig, { windows, ageSeconds }: SpendFacts): readonly WindowFacts[] =>
  ageSeconds < config.leastSeconds ? [] : windows.filter(({ samples }) => samples >= config.leastSamples);
