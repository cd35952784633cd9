import type { Measure } from '../detector.ts';
import type { ActionTable } from './action-table.ts';
import type { RunningMean } from './running-mean.ts';
import type { Shift } from './shift.ts';
import type { TaskTests } from './task-tests.ts';

/** Actions of which success is reported. */
const ACTIONS_MAX = 16;
/** Success of an action this many standard errors below its reference is marked; a reading, not an alarm. */
const FALL_LIMIT = 3;

interface Measured {
  readonly tests: TaskTests;
  readonly actions: ActionTable;
  readonly approvals: RunningMean;
  readonly cost: RunningMean;
  readonly shift: Shift;
  readonly width: number;
}

/** The metrics an operator asks for first, with their reference and test; then how far the mix of actions is from its reference. */
export function driftMeasures(measured: Measured): readonly Measure[] {
  const { actions, approvals, cost } = measured;
  const errors = actions.errors();
  const measures: Measure[] = successes(actions);
  if (errors.samples > 0)
    measures.push({
      metric: 'error_rate',
      value: errors.now,
      ...(actions.isLearning ? {} : { reference: errors.usual }),
      ...testOf(measured, 'error_rate'),
      samples: errors.samples,
    });
  if (approvals.now !== undefined)
    measures.push({ ...meanMeasure('approval_rejection_rate', approvals), ...testOf(measured, 'approval_rejection_rate') });
  if (cost.now !== undefined) measures.push({ ...meanMeasure('cost_per_task', cost), ...testOf(measured, 'cost_per_task') });
  const distance = actions.distance();
  if (distance !== undefined)
    measures.push({
      metric: 'action_mix',
      value: distance,
      reference: 0,
      statistic: distance,
      threshold: actions.limit(),
      samples: errors.samples,
      learning: false,
    });
  return measures;
}

const successes = (actions: ActionTable): Measure[] =>
  actions.readings(ACTIONS_MAX).map(({ action, now, usual, fall, samples }) => ({
    metric: 'success_rate',
    subject: action,
    value: now,
    ...(usual === undefined || actions.isLearning ? {} : { reference: usual }),
    statistic: Math.max(0, fall),
    threshold: FALL_LIMIT,
    samples,
    learning: actions.isLearning || usual === undefined,
  }));

const meanMeasure = (metric: string, mean: RunningMean): Omit<Measure, 'learning'> => ({
  metric,
  value: mean.now ?? 0,
  ...(mean.usual === undefined || mean.isLearning ? {} : { reference: mean.usual }),
  samples: mean.samples,
});

/** The statistic beside its limit. A metric that has never been seen to happen has no test yet: it stands at 0. */
function testOf({ tests, width }: Measured, rule: string): Pick<Measure, 'statistic' | 'threshold' | 'learning'> {
  const series = tests.of(rule);
  if (series === undefined) return { statistic: 0, learning: tests.isLearning };
  return { statistic: series.statistic, threshold: tests.limitOf(rule, width), learning: series.learned < series.needed };
}
