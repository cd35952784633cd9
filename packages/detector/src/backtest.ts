import type { Anomaly, DecisionEvent, InputRecord, Score } from '@belay/protocol';
import type { DetectorConfig } from './config.ts';
import { ConversationJudge } from './conversation/conversation-judge.ts';
import { BacktestPriors } from './fleet/backtest-priors.ts';
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
  /** The state of every agent, as a checkpoint holds it. */
  snapshot(): ReadonlyMap<string, Uint8Array>;
  /** Goes on from a snapshot; call it before the first record. */
  restore(snapshot: ReadonlyMap<string, Uint8Array>): void;
  /** What detectors measured at the newest record. Earlier readings are gone: those of a long history are more than a process can hold. */
  takeScores(): readonly Score[];
  summary(): BacktestSummary;
}

/** The pipeline of the service over all agents at once, with `detectedUs` = `receivedUs` of the trigger: pure and deterministic. */
export function createBacktest(config: DetectorConfig): Backtest {
  const pipeline = new Pipeline(config);
  const conversations = new ConversationJudge(config);
  const priors = new BacktestPriors(config.fleetPriorSeconds);
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
  const judge = (event: DecisionEvent): readonly Anomaly[] => {
    for (const prior of priors.due(event)) pipeline.push(prior, event.receivedUs);
    const found = pipeline.push(event, event.receivedUs);
    priors.take(event, found);
    const steps = pipeline.takeSteps();
    return steps.length === 0 ? found : [...found, ...steps.flatMap((step) => conversations.push(step, event.receivedUs))];
  };
  return {
    push: (record) => {
      pipeline.takeScores();
      return count('record' in record ? pipeline.push(record, record.atUs) : judge(record));
    },
    finish: () => [],
    snapshot: () =>
      new Map(
        pipeline
          .cut()
          .changes()
          .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
      ),
    restore: (snapshot) => pipeline.restore(snapshot),
    takeScores: () => pipeline.takeScores(),
    summary: () => ({ ...pipeline.counts, agents: pipeline.agents.hot + pipeline.agents.packed, anomalies, byRule: { ...byRule } }),
  };
}
