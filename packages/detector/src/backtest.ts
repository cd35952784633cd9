import type { Anomaly, DecisionEvent, InputRecord, Score } from '@belay/protocol';
import type { DetectorConfig } from './config.ts';
import type { PipelineCounts } from './pipeline/counts.ts';
import { Pipeline } from './pipeline/pipeline.ts';

/** What a backtest saw and said. */
export interface BacktestSummary extends Readonly<PipelineCounts> {
  readonly agents: number;
  readonly anomalies: number;
  /** Anomalies by `detector/rule`, `severity` and `response`, e.g. `loop/L1 warning pause`. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** The detectors offline. */
export interface Backtest {
  push(record: DecisionEvent | InputRecord): Anomaly[];
  finish(): Anomaly[];
  /** What detectors measured since the last call. */
  takeScores(): readonly Score[];
  summary(): BacktestSummary;
}

/** The pipeline of the service over all agents at once, with `detectedUs` = `receivedUs` of the trigger: pure and deterministic. */
export function createBacktest(config: DetectorConfig): Backtest {
  const pipeline = new Pipeline(config);
  const byRule: Record<string, number> = {};
  let anomalies = 0;
  const count = (found: readonly Anomaly[]): Anomaly[] => {
    for (const one of found) {
      const key = `${one.detector}/${one.rule} ${one.severity} ${one.response}`;
      byRule[key] = (byRule[key] ?? 0) + 1;
      anomalies++;
    }
    return [...found];
  };
  return {
    push: (record) => count(pipeline.push(record, 'record' in record ? record.atUs : record.receivedUs)),
    finish: () => [],
    takeScores: () => pipeline.takeScores(),
    summary: () => ({ ...pipeline.counts, agents: pipeline.agents.hot + pipeline.agents.packed, anomalies, byRule: { ...byRule } }),
  };
}
