import { agentKey, type DetectorMode } from '@belay/protocol';
import { lockAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitEvent, emitInput, emitInputEverywhere } from './outbox.ts';
import { lockTenant } from './tenant.ts';
import type { Work } from './work.ts';

export interface ModeChange {
  readonly tenant: string;
  readonly detector: string;
  readonly mode: DetectorMode;
  /** Without it, the mode of every agent of the tenant that has none of its own. */
  readonly agentId?: string;
  readonly actor: string;
}

export type ModeResult = { readonly outcome: 'changed' } | { readonly outcome: 'unknown_agent' };

/** Sets a detector's mode and tells the detectors by a record on their partitions, so that a replay sees it at the same place. */
export async function changeMode(work: Work, change: ModeChange): Promise<ModeResult> {
  const { tenant, detector, mode, agentId, actor } = change;
  if (agentId !== undefined && (await lockAgent(work, tenant, agentId)) === undefined) return { outcome: 'unknown_agent' };
  await lockTenant(work, tenant);
  await work.tx
    .insertInto('detector_modes')
    .values({ tenant, detector, agent_id: agentId ?? '', mode, changed_us: work.nowUs, changed_by: actor })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'detector', 'agent_id']).doUpdateSet({ mode, changed_us: work.nowUs, changed_by: actor }),
    )
    .execute();
  const record = { v: 1, record: 'mode', id: work.newId(), tenant, detector, mode, atUs: work.nowUs } as const;
  if (agentId === undefined) emitInputEverywhere(work, tenant, record);
  else emitInput(work, tenant, agentKey(tenant, agentId), { ...record, agentId });
  emitEvent(work, { type: 'mode.changed', tenant, agentId: agentId ?? '*', actor, detector, mode });
  await appendAudit(work, {
    tenant,
    actor,
    action: 'mode.changed',
    ...(agentId === undefined ? {} : { agentId }),
    details: { detector, mode },
  });
  return { outcome: 'changed' };
}
