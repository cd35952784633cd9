import { type Anomaly, anomalyId, blastRadiusLimit } from '@belay/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { LockedAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitAnomaly, emitEvent } from './outbox.ts';
import { lockTenant } from './tenant.ts';
import type { Work } from './work.ts';

export type BreakerVerdict = { readonly open: false } | { readonly open: true; readonly heldAgents: number; readonly limit: number };

export interface BreakerFacts {
  /** Automatic holds of agents beyond those already held are refused. */
  readonly isOpen: boolean;
  /** Agents that automation has held within the window. */
  readonly heldAgents: number;
  readonly limit: number;
  readonly windowMs: number;
  /** When there is room again if nobody is held until then, µs; null while there is room. */
  readonly untilUs: number | null;
}

/** How near a tenant is to its limit of automatic holds now. */
export async function readBreaker(db: Kysely<Tables>, tenant: string, now: { nowUs: number; windowMs: number }): Promise<BreakerFacts> {
  const held = await heldAgents(db, tenant, now.nowUs - now.windowMs * 1000);
  const limit = await limitOf(db, tenant);
  const isOpen = held.length >= limit;
  // Room comes back when so many of the held agents have left the window that fewer than the limit are in it.
  const leaving = isOpen ? held[held.length - limit] : undefined;
  const untilUs = leaving === undefined ? null : leaving.lastPlacedUs + now.windowMs * 1000;
  return { isOpen, heldAgents: held.length, limit, windowMs: now.windowMs, untilUs };
}

/**
 * May automation hold one more agent of this tenant? Counted under the tenant's row lock, so racing holds cannot both be the last one
 * allowed. Agents that automation has already held within the window cost nothing more; canaries are not counted. A hold counts for the
 * whole window, released or not: else releasing what a wrong rule held would let it hold the next ones.
 */
export async function checkBreaker(work: Work, agent: LockedAgent): Promise<BreakerVerdict> {
  if (agent.isCanary) return { open: false };
  await lockTenant(work, agent.tenant);
  const held = await heldAgents(work.tx, agent.tenant, work.nowUs - work.settings.breakerWindowMs * 1000);
  if (held.some(({ agentId }) => agentId === agent.agentId)) return { open: false };
  const limit = await limitOf(work.tx, agent.tenant);
  return held.length < limit ? { open: false } : { open: true, heldAgents: held.length, limit };
}

/** Agents that automation has held since then, the one whose last hold is oldest first. */
async function heldAgents(db: Kysely<Tables>, tenant: string, sinceUs: number): Promise<{ agentId: string; lastPlacedUs: number }[]> {
  const rows = await db
    .selectFrom('holds')
    .innerJoin('agents', (join) => join.onRef('agents.tenant', '=', 'holds.tenant').onRef('agents.agent_id', '=', 'holds.agent_id'))
    .select(['holds.agent_id', sql<string>`max(holds.placed_us)`.as('last')])
    .where('holds.tenant', '=', tenant)
    .where('holds.cause_kind', '!=', 'operator')
    .where('holds.placed_us', '>', sinceUs)
    .where('agents.is_canary', '=', false)
    .groupBy('holds.agent_id')
    .orderBy('last')
    .execute();
  return rows.map((row) => ({ agentId: row.agent_id, lastPlacedUs: Number(row.last) }));
}

async function limitOf(db: Kysely<Tables>, tenant: string): Promise<number> {
  const known = await db
    .selectFrom('agents')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('tenant', '=', tenant)
    .where('is_canary', '=', false)
    .executeTakeFirstOrThrow();
  return blastRadiusLimit(known.count);
}

/** Says once per window, loudly, that automatic holds have stopped; and in the audit each time one was not placed. */
export async function reportBreaker(
  work: Work,
  agent: LockedAgent,
  verdict: { heldAgents: number; limit: number },
  refused: { actor: string; cause: string },
): Promise<void> {
  await appendAudit(work, {
    tenant: agent.tenant,
    actor: refused.actor,
    action: 'hold.refused_by_breaker',
    agentId: agent.agentId,
    details: { cause: refused.cause, heldAgents: verdict.heldAgents, limit: verdict.limit },
  });
  const windowUs = work.settings.breakerWindowMs * 1000;
  const tenant = await lockTenant(work, agent.tenant);
  if (work.nowUs - tenant.breaker_opened_us < windowUs) return;
  await work.tx.updateTable('tenants').set({ breaker_opened_us: work.nowUs }).where('tenant', '=', agent.tenant).execute();
  emitEvent(work, {
    type: 'breaker.opened',
    tenant: agent.tenant,
    agentId: agent.agentId,
    actor: 'control',
    heldAgents: verdict.heldAgents,
    limit: verdict.limit,
    windowMs: work.settings.breakerWindowMs,
  });
  emitAnomaly(work, breakerAnomaly(work, agent, verdict));
}

function breakerAnomaly(work: Work, agent: LockedAgent, { heldAgents, limit }: { heldAgents: number; limit: number }): Anomaly {
  const minutes = Math.round(work.settings.breakerWindowMs / 60_000);
  const identity = {
    tenant: agent.tenant,
    agentId: agent.agentId,
    detector: 'control',
    detectorVersion: 1,
    rule: 'breaker',
    subject: { kind: 'window' as const, id: `${agent.tenant}/${work.nowUs}` },
  };
  return {
    v: 1,
    id: anomalyId(identity),
    ...identity,
    score: 1,
    severity: 'critical',
    explanation: `Automatic holds have stopped: ${heldAgents} agents were held automatically within ${minutes} minutes, and ${limit} is the most that automation may hold. Look whether a rule is wrong; agents that misbehave now must be held by a person.`,
    evidence: { decisionIds: [], facts: { heldAgents, limit } },
    triggerUs: work.nowUs,
    detectedUs: work.nowUs,
    mode: 'warn',
    response: 'notify',
  };
}
