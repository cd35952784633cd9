import type { Kysely, Selectable } from 'kysely';
import type { BacktestsTable, DetectorTrial, Tables } from '../database/tables.ts';
import { appendAudit } from './audit.ts';
import type { Work } from './work.ts';

/** What a configuration of the detectors would have done. Times µs. */
export interface BacktestResult {
  /** See `GET /v1/detectors`: of the configuration without its modes, and of the detectors' versions. */
  readonly configDigest: string;
  readonly detectors: readonly DetectorTrial[];
  /** What it ran over: `history`, or the name of a file. */
  readonly source: string;
  readonly fromUs: number;
  readonly untilUs: number;
  readonly decisions: number;
  readonly wouldPause: number;
  readonly wouldNotify: number;
  readonly agentHours: number;
}

/** Keeps a backtest for good. @returns its row. */
export async function recordBacktest(
  work: Work,
  result: BacktestResult,
  by: { tenant: string; actor: string },
): Promise<Selectable<BacktestsTable>> {
  const { tenant, actor } = by;
  const row = await work.tx
    .insertInto('backtests')
    .values({
      tenant,
      id: work.newId(),
      config_digest: result.configDigest,
      detectors: JSON.stringify(result.detectors),
      source: result.source,
      from_us: result.fromUs,
      until_us: result.untilUs,
      decisions: result.decisions,
      would_pause: result.wouldPause,
      would_notify: result.wouldNotify,
      agent_hours: result.agentHours,
      recorded_us: work.nowUs,
      recorded_by: actor,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await appendAudit(work, {
    tenant,
    actor,
    action: 'backtest.recorded',
    details: { id: row.id, ...result, detectors: result.detectors.map((one) => ({ ...one })) },
  });
  return row;
}

/** Newest first. */
export const readBacktests = (db: Kysely<Tables>, tenant: string, limit: number): Promise<Selectable<BacktestsTable>[]> =>
  db.selectFrom('backtests').selectAll().where('tenant', '=', tenant).orderBy('recorded_us', 'desc').limit(limit).execute();
