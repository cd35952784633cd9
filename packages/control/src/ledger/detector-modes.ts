import type { DetectorMode, ModeSetting } from '@belay/protocol';
import type { Kysely, Selectable } from 'kysely';
import type { DetectorModesTable, Tables } from '../database/tables.ts';
import { lockAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitEvent } from './outbox.ts';
import { lockTenant } from './tenant.ts';
import type { Work } from './work.ts';

/** Which agents a mode is for: one, or those whose name and environment match the globs; nothing = every agent of the tenant. */
export interface ModeScope {
  readonly agentId?: string | undefined;
  readonly agentName?: string | undefined;
  readonly environment?: string | undefined;
}

export interface ModeChange {
  readonly tenant: string;
  readonly detector: string;
  /** `default` takes back what was set for the same agents. */
  readonly mode: ModeSetting;
  readonly scope: ModeScope;
  readonly actor: string;
  /** Why it is raised without a backtest. */
  readonly reason?: string | undefined;
  /** The backtest that allowed it. */
  readonly backtestId?: string | undefined;
}

export type ModeResult =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'unknown_agent' }
  | { readonly outcome: 'too_many'; readonly set: number };

/** Settings of a tenant at most: detectors keep twice as many. */
const MAX_SETTINGS = 256;

/**
 * Sets a detector's mode and tells the detectors by a record on their partitions, so that a replay sees it at the same place. Its instant is
 * after every setting there is: the newest holds, and another replica's clock may be ahead.
 */
export async function changeMode(work: Work, change: ModeChange): Promise<ModeResult> {
  const { tenant, detector, mode, scope, actor, reason, backtestId } = change;
  const { agentId, agentName, environment } = scope;
  if (agentId !== undefined && (await lockAgent(work, tenant, agentId)) === undefined) return { outcome: 'unknown_agent' };
  await lockTenant(work, tenant);
  const rows = await readModes(work.tx, tenant);
  const others = rows.filter((row) => !isFor(row, change)).length;
  if (others >= MAX_SETTINGS && !isFree(change)) return { outcome: 'too_many', set: others };
  const later = { ...work, nowUs: rows.reduce((nowUs, { changed_us }) => Math.max(nowUs, changed_us + 1), work.nowUs) };
  if (mode === 'default') await remove(work, change);
  else await save(later, change, mode);
  const labels = definedOf({ agentName, environment, reason });
  emitEvent(later, { type: 'mode.changed', tenant, agentId: agentId ?? '*', actor, detector, mode, ...labels });
  const details = { detector, mode, ...labels, ...definedOf({ backtestId }) };
  await appendAudit(work, { tenant, actor, action: 'mode.changed', ...definedOf({ agentId }), details });
  return { outcome: 'changed' };
}

/** What takes a setting back, and the brake (shadow for every agent): never refused for want of room. */
const isFree = ({ mode, scope }: ModeChange): boolean =>
  mode === 'default' || (mode === 'shadow' && Object.values(scope).every((name) => name === undefined));

const definedOf = <T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

const keyOf = ({ tenant, detector, scope }: ModeChange) => ({
  tenant,
  detector,
  agent_id: scope.agentId ?? '',
  agent_name: scope.agentName ?? '',
  environment: scope.environment ?? '',
});

async function remove(work: Work, change: ModeChange): Promise<void> {
  const key = keyOf(change);
  await work.tx
    .deleteFrom('detector_modes')
    .where((is) => is.and({ ...key }))
    .execute();
}

async function save(work: Work, change: ModeChange, mode: DetectorMode): Promise<void> {
  const value = { mode, changed_us: work.nowUs, changed_by: change.actor };
  await work.tx
    .insertInto('detector_modes')
    .values({ ...keyOf(change), ...value })
    .onConflict((conflict) => conflict.columns(['tenant', 'detector', 'agent_id', 'agent_name', 'environment']).doUpdateSet(value))
    .execute();
}

/** Is it the setting that is to be replaced? */
function isFor(row: Selectable<DetectorModesTable>, change: ModeChange): boolean {
  const key = keyOf(change);
  return Object.entries(key).every(([column, value]) => row[column as keyof typeof key] === value);
}

/** Modes in force that operators set, by detector and agents. */
export const readModes = (db: Kysely<Tables>, tenant: string): Promise<Selectable<DetectorModesTable>[]> =>
  db
    .selectFrom('detector_modes')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('detector')
    .orderBy('agent_id')
    .orderBy('agent_name')
    .orderBy('environment')
    .execute();
