import { type Backtest, createBacktest, type DetectorConfig } from '@belay/detector';
import type { Anomaly } from '@belay/protocol';
import type { RecordSource } from '../backtest/record-source.ts';
import { createAgentHours } from './agent-hours.ts';
import { createLabelMatcher, type LabelMatcher } from './label-matcher.ts';
import type { SweepLabel } from './sweep-label.ts';
import { type SweepParameter, type SweepValue, withValue } from './sweep-parameter.ts';
import { bestOf, type LabelOutcome, outcomeOf } from './sweep-score.ts';

export interface SweepRun {
  readonly source: RecordSource;
  readonly config: DetectorConfig;
  readonly parameter: SweepParameter;
  /** Each is tried once, in this order. */
  readonly values: readonly SweepValue[];
  readonly present: SweepValue;
  readonly labels: readonly SweepLabel[] | undefined;
  readonly onProgress: (done: number, decisions: number) => void;
  readonly signal: AbortSignal;
}

/** What one value does. */
export interface SweepPoint {
  readonly value: SweepValue;
  /** Findings of the detector at warning or critical. */
  readonly alarms: number;
  /** Pauses and kills it would have caused (those that the breaker held back among them), and of how many agents. */
  readonly pauses: number;
  readonly agentsPaused: number;
  /** Pauses per 1,000 hours of an agent at work; null when there was no hour. */
  readonly pausesPer1000AgentHours: number | null;
  /** Pauses that belong to something labelled good, likewise; null without labels. */
  readonly falsePausesPer1000AgentHours: number | null;
  readonly labelled: LabelOutcome | null;
}

export interface SweepResult {
  readonly detector: string;
  readonly key: string;
  readonly present: SweepValue;
  /** The value with the highest F1 against the labels (of equals: fewest pauses, then nearest to the present one); null without labels. */
  readonly best: SweepValue | null;
  readonly decisions: number;
  readonly agents: number;
  readonly agentHours: number;
  readonly labels: { readonly bad: number; readonly good: number } | null;
  readonly points: readonly SweepPoint[];
}

/** Runs the records once through one pipeline for each value: they are read and mapped a single time. Deterministic. */
export async function runSweep(run: SweepRun): Promise<SweepResult> {
  const { source, config, parameter, labels, signal } = run;
  const matcher = labels && createLabelMatcher(labels);
  const trials = run.values.map((value) => createTrial(withValue(config, parameter, value), { value, parameter, matcher }));
  const clock = createAgentHours();
  const agents = new Set<string>();
  let decisions = 0;
  for await (const { record, done, isWarmUp = false } of source.items()) {
    signal.throwIfAborted();
    if (!('record' in record)) {
      if (!isWarmUp) clock.add(record);
      agents.add(`${record.tenant}\n${record.agent.id}`);
      decisions += isWarmUp ? 0 : 1;
    } else if (record.record === 'mode' && record.detector === parameter.detector) continue;
    for (const trial of trials) trial.push(record, isWarmUp);
    run.onProgress(done, decisions);
  }
  const agentHours = clock.hours();
  const points = trials.map((trial) => trial.result(agentHours, labels));
  return {
    ...parameter,
    present: run.present,
    best: labels === undefined ? null : bestOf(points, run.present),
    decisions,
    agents: agents.size,
    agentHours,
    labels: labels === undefined ? null : { bad: labels.filter(({ bad }) => bad).length, good: labels.filter(({ bad }) => !bad).length },
    points,
  };
}

interface Trial {
  /** @param isWarmUp learnt from, not counted. */
  push(record: Parameters<Backtest['push']>[0], isWarmUp: boolean): void;
  result(agentHours: number, labels: readonly SweepLabel[] | undefined): SweepPoint;
}

interface TrialOptions {
  readonly value: SweepValue;
  readonly parameter: SweepParameter;
  readonly matcher: LabelMatcher | undefined;
}

/** What the blast-radius breaker held back counts too: it would make a bad value look harmless. */
const isPause = ({ response, suppressed }: Anomaly): boolean => response === 'pause' || response === 'kill' || suppressed === 'breaker';

function createTrial(config: DetectorConfig, { value, parameter, matcher }: TrialOptions): Trial {
  const backtest = createBacktest(config);
  const pausedAgents = new Set<string>();
  const flagged = new Set<number>();
  /** Labels of each pause: whether it was false is known when all are read. */
  const pauseLabels: (readonly number[])[] = [];
  let alarms = 0;
  let pauses = 0;
  const take = (anomaly: Anomaly): void => {
    if (anomaly.detector !== parameter.detector || anomaly.severity === 'info') return;
    alarms += 1;
    const matched = matcher?.(anomaly) ?? [];
    for (const index of matched) flagged.add(index);
    if (!isPause(anomaly)) return;
    pauses += 1;
    pausedAgents.add(`${anomaly.tenant}\n${anomaly.agentId}`);
    if (matched.length > 0) pauseLabels.push(matched);
  };
  const per1000 = (count: number, hours: number): number | null => (hours > 0 ? (1000 * count) / hours : null);
  return {
    push: (record, isWarmUp) => {
      const found = backtest.push(record);
      if (!isWarmUp) found.forEach(take);
    },
    result: (hours, labels) => {
      const falsePauses = pauseLabels.filter((matched) => matched.every((index) => labels?.[index]?.bad === false)).length;
      return {
        value,
        alarms,
        pauses,
        agentsPaused: pausedAgents.size,
        pausesPer1000AgentHours: per1000(pauses, hours),
        falsePausesPer1000AgentHours: labels === undefined ? null : per1000(falsePauses, hours),
        labelled: labels === undefined ? null : outcomeOf(labels, flagged),
      };
    },
  };
}
