import { type DetectorMode, type ModeSetting, matchesPattern, vocabulary } from '@belay/protocol';
import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { AgentsTable, BacktestsTable, DetectorModesTable } from '../database/tables.ts';
import { type ModeScope, readModes } from './detector-modes.ts';
import type { Work } from './work.ts';

/**
 * What control knows of the detectors that run: which configuration they have, and the mode each has by it; where the configuration gives it
 * several (by agent or rule), the lowest.
 */
export interface RunningConfig {
  readonly digest: string;
  readonly modes: Readonly<Record<string, DetectorMode>>;
}

export interface Promotion {
  readonly tenant: string;
  readonly detector: string;
  readonly mode: ModeSetting;
  readonly scope: ModeScope;
  /** Undefined where the detectors are out of reach. */
  readonly running: RunningConfig | undefined;
  readonly least: LeastEvidence;
}

/** What a backtest must cover to count: one of a minute, or of ten decisions, shows nothing. */
export interface LeastEvidence {
  readonly spanMs: number;
  readonly decisions: number;
}

/**
 * `backtest`: the newest of the configuration that runs. `lowered` also for what stays as it is, and for `default`: the way back to what
 * was configured.
 */
export type PromotionVerdict =
  | { readonly allowed: 'lowered' }
  | { readonly allowed: 'backtest'; readonly backtest: Selectable<BacktestsTable> }
  | { readonly refused: 'no_detectors_in_reach' }
  | {
      readonly refused: 'no_backtest';
      readonly from: DetectorMode;
      readonly digest: string;
      /** What was recorded instead. */
      readonly found: 'none' | 'other_config' | 'lower_mode';
    }
  | { readonly refused: 'too_little'; readonly from: DetectorMode; readonly backtest: Selectable<BacktestsTable> };

const RANK: Readonly<Record<DetectorMode, number>> = { shadow: 0, warn: 1, enforce: 2 };

/** May this detector be given this mode? Raising it needs a backtest of the very configuration that runs: one of another shows nothing. */
export async function judgePromotion(work: Work, promotion: Promotion): Promise<PromotionVerdict> {
  const { tenant, detector, mode, running, least } = promotion;
  if (mode === 'default' || mode === 'shadow') return { allowed: 'lowered' };
  const from = await lowestMode(work, promotion, running?.modes[detector] ?? 'shadow');
  if (RANK[mode] <= RANK[from]) return { allowed: 'lowered' };
  if (running === undefined) return { refused: 'no_detectors_in_reach' };
  // Each is asked for with what counts, newest first: however many of too little were recorded since, they hide none.
  const ofTenant = work.tx.selectFrom('backtests').selectAll().where('tenant', '=', tenant).orderBy('recorded_us', 'desc').limit(1);
  const ofConfig = ofTenant.where('config_digest', '=', running.digest);
  const ran = ofConfig.where(ranAtLeast(detector, mode));
  const backtest = await ran.where(coversEnough(least)).executeTakeFirst();
  if (backtest !== undefined) return { allowed: 'backtest', backtest };
  const small = await ran.executeTakeFirst();
  if (small !== undefined) return { refused: 'too_little', from, backtest: small };
  const found = (await ofConfig.executeTakeFirst()) ? 'lower_mode' : (await ofTenant.executeTakeFirst()) ? 'other_config' : 'none';
  return { refused: 'no_backtest', from, digest: running.digest, found };
}

/** A backtest of a detector in shadow does not show what it would have paused. */
function ranAtLeast(detector: string, mode: DetectorMode): RawBuilder<SqlBool> {
  const modes = vocabulary.DETECTOR_MODES.filter((one) => RANK[one] >= RANK[mode]);
  const trials = modes.map((one) => sql`detectors @> ${JSON.stringify([{ detector, mode: one }])}::jsonb`);
  return sql`(${sql.join(trials, sql` or `)})`;
}

const coversEnough = ({ spanMs, decisions }: LeastEvidence): RawBuilder<SqlBool> =>
  sql`until_us - from_us >= ${spanMs * 1000} and decisions >= ${decisions}`;

/** The mode that holds now for those in question; where they may differ, the lowest of theirs. */
async function lowestMode(work: Work, { tenant, detector, scope }: Promotion, configured: DetectorMode): Promise<DetectorMode> {
  const agent = scope.agentId === undefined ? undefined : await findAgent(work, tenant, scope.agentId);
  const rows = (await readModes(work.tx, tenant)).filter((row) => row.detector === detector);
  const ofAll = rows.filter((row) => concerns(row, scope, agent)).toSorted((a, b) => b.changed_us - a.changed_us)[0]?.mode ?? configured;
  const ofSome = scope.agentId === undefined ? rows.map(({ mode }) => mode) : [];
  return [ofAll, ...ofSome].reduce((lowest, one) => (RANK[one] < RANK[lowest] ? one : lowest));
}

const findAgent = (work: Work, tenant: string, agentId: string): Promise<Selectable<AgentsTable> | undefined> =>
  work.tx.selectFrom('agents').selectAll().where('tenant', '=', tenant).where('agent_id', '=', agentId).executeTakeFirst();

/** Only what surely holds for all of them: the same label, or every agent. */
function concerns(row: Selectable<DetectorModesTable>, scope: ModeScope, agent: Selectable<AgentsTable> | undefined): boolean {
  if (row.agent_id !== '') return row.agent_id === scope.agentId;
  if (agent !== undefined) return isIn(row.agent_name, agent.name) && isIn(row.environment, agent.environment);
  return covers(row.agent_name, scope.agentName) && covers(row.environment, scope.environment);
}

const isIn = (glob: string, value: string | null): boolean => glob === '' || (value !== null && matchesPattern(glob, value));
const covers = (glob: string, wanted: string | undefined): boolean => glob === '' || glob === wanted;
