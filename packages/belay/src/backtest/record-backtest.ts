import { basename } from 'node:path';
import { configDigestOf, lowestConfiguredMode } from '@belay/detector';
import type { OperatorClient } from '../client/operator-client.ts';
import { modesSchema, readAnswer, recordedSchema } from '../client/platform-views.ts';
import type { BacktestReport } from './backtest-report.ts';
import type { Candidate } from './run-backtest.ts';

export interface RecordedBacktest {
  readonly id: string;
  readonly configDigest: string;
  /** Do the detectors that run have this configuration? Undefined where control has none in reach. */
  readonly isRunning: boolean | undefined;
  /** What control asks of a backtest before a mode is raised on the strength of it, where this one has less. */
  readonly tooLittleFor?: { readonly minSpanMs: number; readonly minDecisions: number };
}

/** Records a backtest with control, so that a mode can be raised on the strength of it. */
export async function recordBacktest(
  client: OperatorClient,
  report: BacktestReport,
  about: { readonly candidate: Candidate; readonly source: string },
): Promise<RecordedBacktest> {
  const { totals } = report;
  const { config } = about.candidate;
  const configDigest = configDigestOf(config);
  const body = {
    configDigest,
    detectors: Object.keys(config.detectors).map((detector) => trialOf(detector, report, about.candidate)),
    source: basename(about.source),
    fromUs: totals.firstUs ?? 0,
    untilUs: totals.lastUs ?? 0,
    decisions: totals.decisions,
    wouldPause: totals.holds,
    wouldNotify: totals.notifies,
    agentHours: totals.agentHours,
  };
  const { id } = readAnswer(recordedSchema, await client.post('/v1/backtests', body), 'the backtest');
  const { status, promotion } = readAnswer(modesSchema, await client.get('/v1/detectors'), 'detectors');
  const isRunning = status?.configDigest === undefined ? undefined : status.configDigest === configDigest;
  const isEnough =
    promotion === undefined || (body.untilUs - body.fromUs >= promotion.minSpanMs * 1000 && totals.decisions >= promotion.minDecisions);
  return { id, configDigest, isRunning, ...(isEnough ? {} : { tooLittleFor: promotion }) };
}

/** How a detector ran: of several modes by agent or rule, in the lowest. Where an operator's mode of the history was heard, nobody can say that it was in the mode of the configuration. */
function trialOf(detector: string, { rules, modesHeard }: BacktestReport, { config, deafTo }: Candidate): object {
  const own = [...rules.values()].filter((rule) => rule.detector === detector);
  const isOverruled = deafTo?.has(detector) !== true && (modesHeard.has(detector) || modesHeard.has('*'));
  return {
    detector,
    mode: isOverruled ? 'shadow' : lowestConfiguredMode(detector, config),
    wouldPause: own.reduce((sum, { holds }) => sum + holds, 0),
    wouldNotify: own.reduce((sum, { notifies }) => sum + notifies, 0),
  };
}
