import { basename } from 'node:path';
import { configDigestOf, type DetectorConfig } from '@belay/detector';
import type { OperatorClient } from '../client/operator-client.ts';
import { modesSchema, readAnswer, recordedSchema } from '../client/platform-views.ts';
import type { BacktestReport } from './backtest-report.ts';

export interface RecordedBacktest {
  readonly id: string;
  readonly configDigest: string;
  /** Do the detectors that run have this configuration? Undefined where control has none in reach. */
  readonly isRunning: boolean | undefined;
}

/** Records a backtest with control, so that a mode can be raised on the strength of it. */
export async function recordBacktest(
  client: OperatorClient,
  report: BacktestReport,
  about: { readonly config: DetectorConfig; readonly source: string },
): Promise<RecordedBacktest> {
  const { totals } = report;
  const configDigest = configDigestOf(about.config);
  const body = {
    configDigest,
    detectors: Object.keys(about.config.detectors),
    source: basename(about.source),
    fromUs: totals.firstUs ?? 0,
    untilUs: totals.lastUs ?? 0,
    decisions: totals.decisions,
    wouldPause: totals.holds,
    wouldNotify: totals.notifies,
    agentHours: totals.agentHours,
  };
  const { id } = readAnswer(recordedSchema, await client.post('/v1/backtests', body), 'the backtest');
  const { status } = readAnswer(modesSchema, await client.get('/v1/detectors'), 'detectors');
  return { id, configDigest, isRunning: status?.configDigest === undefined ? undefined : status.configDigest === configDigest };
}
