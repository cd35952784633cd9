import { type DecisionEvent, matchesPattern } from '@belay/protocol';
import type { RunHabit } from './run-habit.ts';
import { type RunKind, type RunUnit, stepCost } from './run-unit.ts';
import type { RunLimit, SpendConfig } from './spend-config.ts';

const NANO = 1e9;
/** So close to a limit it is said of any run, however short. */
const IMMINENT_STEPS = 4;
/** Runs from which on "longer than most" means something. */
const LEAST_LENGTHS = 10;

/** What one run has come to, beside what it is measured by. */
export interface RunMatch {
  readonly rule: 'will_cross' | 'cap_limit' | 'runaway_usd' | 'runaway_calls';
  readonly severity: 'warning' | 'critical';
  readonly kind: RunKind;
  readonly by: 'cost' | 'count';
  readonly unit: Readonly<Pick<RunUnit, 'key' | 'spent' | 'calls' | 'firstUs' | 'lastUs'>>;
  /** In the unit of `by`. */
  readonly limit: number;
  /** At the present rate; 0 when it is reached. */
  readonly stepsLeft: number;
  readonly secondsLeft: number;
  /** Mean of the newest steps, in the unit of `by`. */
  readonly perStep: number;
  /** Ended runs it was compared with, and the most of them in the unit of `by`. */
  readonly runs: number;
  readonly usual: number;
}

/** Whether a limit is meant for the agent and task of the event. */
export const isLimitOf = (limit: RunLimit, { agent, taskName }: DecisionEvent): boolean =>
  matchesPattern(limit.agent, agent.id) &&
  (limit.agentName === undefined || (agent.name !== undefined && matchesPattern(limit.agentName, agent.name))) &&
  (limit.taskName === undefined || (taskName !== undefined && matchesPattern(limit.taskName, taskName)));

/** A unit against a limit that a person set: reached, or to be reached soon. */
export function limitMatches(
  config: SpendConfig,
  limit: RunLimit,
  { unit, habit }: { unit: RunUnit; habit: RunHabit | undefined },
): RunMatch[] {
  const found: RunMatch[] = [];
  for (const by of ['cost', 'count'] as const) {
    const most = by === 'cost' ? limit.usd : limit.calls;
    if (most === undefined) continue;
    const facts = factsOf(unit, { kind: limit.per, by, limit: by === 'cost' ? most * NANO : most, habit });
    if (facts.stepsLeft === 0) found.push({ ...facts, rule: 'cap_limit', severity: 'critical' });
    else if (isSoon(config, facts.stepsLeft, unit, habit)) found.push({ ...facts, rule: 'will_cross', severity: 'warning' });
  }
  return found;
}

/** A unit against the runs of its kind before it. @param width ≥ 1, wider limits. @param accepted totals that a person called expected. */
export function runawayMatch(
  config: SpendConfig,
  { unit, habit, kind }: { unit: RunUnit; habit: RunHabit; kind: RunKind },
  { width, accepted }: { width: number; accepted: (by: 'cost' | 'count') => number },
): RunMatch | undefined {
  if (habit.runs < config.leastRuns) return undefined;
  for (const by of ['cost', 'count'] as const) {
    const floor = by === 'cost' ? config.floorUsdPerRun * NANO : config.floorCallsPerRun;
    if ((by === 'cost' ? unit.spent : unit.calls) < floor) continue;
    const usual = Math.max(by === 'cost' ? habit.spent(1) : habit.calls(1), accepted(by));
    const facts = factsOf(unit, { kind, by, limit: Math.max(floor, usual * config.runawayFactor * width), habit });
    if (usual > 0 && facts.stepsLeft <= IMMINENT_STEPS)
      return { ...facts, rule: by === 'cost' ? 'runaway_usd' : 'runaway_calls', severity: 'warning' };
  }
  return undefined;
}

function isSoon(config: SpendConfig, stepsLeft: number, unit: RunUnit, habit: RunHabit | undefined): boolean {
  if (stepsLeft > config.forecastSteps) return false;
  if (stepsLeft <= Math.min(IMMINENT_STEPS, config.forecastSteps)) return true;
  return habit === undefined || habit.runs < LEAST_LENGTHS || unit.calls >= habit.calls(config.forecastQuantile);
}

function factsOf(
  unit: RunUnit,
  { kind, by, limit, habit }: { kind: RunKind; by: 'cost' | 'count'; limit: number; habit: RunHabit | undefined },
): Omit<RunMatch, 'rule' | 'severity'> {
  const perStep = by === 'cost' ? stepCost(unit) : 1;
  const left = Math.max(0, limit - (by === 'cost' ? unit.spent : unit.calls));
  const stepsLeft = left === 0 ? 0 : perStep === 0 ? Number.POSITIVE_INFINITY : left / perStep;
  return {
    kind,
    by,
    unit: { key: unit.key, spent: unit.spent, calls: unit.calls, firstUs: unit.firstUs, lastUs: unit.lastUs },
    limit,
    stepsLeft,
    secondsLeft: stepsLeft === 0 ? 0 : stepsLeft * secondsPerStep(unit, by),
    perStep,
    runs: habit?.runs ?? 0,
    usual: (by === 'cost' ? habit?.spent(1) : habit?.calls(1)) ?? 0,
  };
}

/** From the newest steps; of a unit's calls from its whole length. */
function secondsPerStep({ timesUs, firstUs, lastUs, calls }: RunUnit, by: 'cost' | 'count'): number {
  const [first] = timesUs;
  if (by === 'cost' && first !== undefined && timesUs.length > 1) return (lastUs - first) / 1e6 / (timesUs.length - 1);
  return calls < 2 ? 0 : (lastUs - firstUs) / 1e6 / (calls - 1);
}
