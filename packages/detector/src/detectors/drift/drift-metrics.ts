import { normalCusumThreshold } from '../../stats/cusum-threshold.ts';
import type { DriftConfig } from './drift-config.ts';
import { LevelSeries } from './level-series.ts';
import { RateSeries } from './rate-series.ts';
import type { Series } from './series.ts';
import type { TaskTally } from './task-tally.ts';

/** Half of the shift to be found, in standard deviations: what thresholds of levels are made for. */
const ALLOWANCE = 0.5;
/** Shares of repeated calls are mostly zero, far from normal: their threshold is wider by this. */
const SKEWED = 1.5;

/** Smaller standard deviations are not believed: five points of a share; a fifth of a level, the step from four calls to five. */
const LEAST_SHARE = 0.05;
const LEAST_LOG = 0.2;

/** One thing about tasks that may drift: a rule. */
export interface DriftMetric {
  readonly rule: string;
  readonly kind: 'rate' | 'level' | 'share';
  /** As a sentence says it. */
  readonly noun: string;
  /** What a value becomes for people; levels are tested on the log scale. */
  readonly unit: 'share' | 'count' | 'usd' | 'tokens' | 'ms';
  /** A fall is news, not trouble. */
  readonly fallIsGood: boolean;
  /** Tasks in which it was always zero need no series: it begins with the first that is not. */
  readonly beginsAtZero: boolean;
  /** Undefined: this task says nothing about it. */
  measure(task: TaskTally): number | undefined;
  create(config: DriftConfig, tasks: number): Series;
}

const ratio = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);
const logOf = (value: number): number | undefined => (value > 0 ? Math.log(value) : undefined);

interface RateSpec {
  readonly rule: string;
  readonly noun: string;
  readonly isRefusal?: boolean;
  readonly beginsAtZero?: boolean;
  readonly measure: (task: TaskTally) => number | undefined;
}

const rate = ({ rule, noun, isRefusal = false, beginsAtZero = true, measure }: RateSpec): DriftMetric => {
  const optionsOf = perConfig((config) => ({
    runLength: config.rateRunLength,
    cleanRunLength: isRefusal ? config.refusalRunLength : config.rateRunLength,
    limits: { needed: isRefusal ? config.refusalReferenceTasks : config.referenceTasks, most: config.referenceTasksMost },
  }));
  return {
    rule,
    kind: 'rate',
    noun,
    unit: 'share',
    fallIsGood: true,
    beginsAtZero,
    measure,
    create: (config, tasks) => new RateSeries(optionsOf(config), tasks),
  };
};

/** Options are the same for every agent of a configuration: made once, not once an agent. */
function perConfig<T>(make: (config: DriftConfig) => T): (config: DriftConfig) => T {
  const made = new WeakMap<DriftConfig, T>();
  return (config) => {
    const known = made.get(config);
    if (known !== undefined) return known;
    const options = make(config);
    made.set(config, options);
    return options;
  };
}

interface LevelSpec {
  readonly rule: string;
  readonly noun: string;
  readonly unit: DriftMetric['unit'];
  readonly heavyTailed?: boolean;
  readonly measure: (task: TaskTally) => number | undefined;
}

const level = ({ rule, noun, unit, heavyTailed = false, measure }: LevelSpec): DriftMetric => {
  const isShare = unit === 'share';
  const optionsOf = perConfig((config) => {
    const runLength = heavyTailed ? config.costRunLength : config.levelRunLength;
    return {
      runLength,
      threshold: normalCusumThreshold(runLength, ALLOWANCE) * (isShare ? SKEWED : 1),
      limits: { needed: config.referenceTasks, most: config.referenceTasksMost },
      leastDeviation: isShare ? LEAST_SHARE : LEAST_LOG,
    };
  });
  return {
    rule,
    kind: isShare ? 'share' : 'level',
    noun,
    unit,
    fallIsGood: heavyTailed || isShare,
    beginsAtZero: isShare,
    measure,
    create: (config, tasks) => {
      const series = new LevelSeries(optionsOf(config));
      series.begin([Math.min(tasks, config.referenceTasksMost), 0, 0]);
      return series;
    },
  };
};

/** Everything that is watched, in the order in which it is named when several drift at once. */
export const driftMetrics: readonly DriftMetric[] = [
  rate({
    rule: 'silent_degradation',
    noun: 'results that fail the checks of their author while the status says ok',
    measure: ({ facts }) => ratio(facts.unchecked, facts.decisions),
  }),
  rate({ rule: 'error_rate', noun: 'errors', measure: ({ facts }) => ratio(facts.errors, facts.decisions) }),
  rate({
    rule: 'refusal_rate',
    noun: 'refused or redacted calls',
    isRefusal: true,
    measure: ({ facts }) => ratio(facts.refused, facts.decisions),
  }),
  rate({
    rule: 'approval_rejection_rate',
    noun: 'rejected approvals',
    beginsAtZero: false,
    measure: ({ facts }) => ratio(facts.rejected, facts.approvals),
  }),
  rate({ rule: 'escalation_rate', noun: 'calls that need a person', measure: ({ facts }) => ratio(facts.escalated, facts.decisions) }),
  level({ rule: 'calls_per_task', noun: 'calls per task', unit: 'count', measure: ({ facts }) => Math.log1p(facts.calls) }),
  level({ rule: 'tools_per_task', noun: 'different tools per task', unit: 'count', measure: ({ tools }) => Math.log1p(tools) }),
  level({
    rule: 'repeated_calls',
    noun: 'share of repeated calls',
    unit: 'share',
    measure: ({ facts }) => ratio(facts.repeats, facts.calls),
  }),
  level({
    rule: 'cost_per_task',
    noun: 'cost per task',
    unit: 'usd',
    heavyTailed: true,
    measure: ({ facts }) => logOf(facts.costNanoUsd / 1e9),
  }),
  level({
    rule: 'tokens_per_task',
    noun: 'tokens per task',
    unit: 'tokens',
    heavyTailed: true,
    measure: ({ facts }) => logOf(facts.tokens),
  }),
  level({
    rule: 'latency',
    noun: 'time per decision',
    unit: 'ms',
    heavyTailed: true,
    measure: ({ facts }) => logOf(facts.durationUs / facts.decisions / 1_000),
  }),
];

/** A value of the metric's scale as people read it, e.g. `42 %`, `7.8`, `0.12 USD`. */
export function valueText({ kind, unit }: DriftMetric, value: number): string {
  if (unit === 'share') return `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
  const number = unit === 'count' ? Math.expm1(value) : Math.exp(value);
  if (unit === 'usd') return `${number.toPrecision(3)} USD`;
  const text = number >= 100 ? String(Math.round(number)) : number.toPrecision(2);
  return kind === 'level' && unit === 'ms' ? `${text} ms` : text;
}
