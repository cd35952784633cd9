import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { RunsTable, Tables } from '../database/tables.ts';
import type { LockedAgent } from './agent.ts';
import { placeHold, releaseHold } from './holds.ts';
import type { Work } from './work.ts';

/** Names an open hold that covers nothing any more. */
export interface AbandonedHold {
  readonly id: string;
  readonly tenant: string;
  readonly agent_id: string;
}

const PER_ROUND = 100;

/**
 * Open holds of detectors on a run or a session that is over: the run (for a session: every run that was there when it was held) has been
 * ended or silent since `beforeUs`, and no other run says that it works on the session. Holds of operators, of alerts and of whole agents
 * are never among them: those wait for who placed them, or for a person.
 */
export async function findAbandonedHolds(db: Kysely<Tables>, beforeUs: number): Promise<AbandonedHold[]> {
  const { rows } = await abandoned(beforeUs, sql`true`).execute(db);
  return rows;
}

/** Releases such a hold by name, with event, command and audit as any release; false when it is none any more. */
export async function expireHold(work: Work, { id, tenant, agent_id: agentId }: AbandonedHold): Promise<boolean> {
  const { expireAfterMs } = work.settings;
  const { rows } = await abandoned(work.nowUs - expireAfterMs * 1000, sql`h.id = ${id}`).execute(work.tx);
  if (rows.length === 0) return false;
  const reason = `expired: what it held has ended, or was not heard from, for ${Math.round(expireAfterMs / 3_600_000)} h`;
  const { outcome } = await releaseHold(work, { tenant, agentId, holdId: id, reason, actor: 'control' });
  return outcome === 'released';
}

/** A silent run that is heard again gets back what expired meanwhile: nobody is released by keeping silent. */
export async function holdAgain(work: Work, agent: LockedAgent, run: Selectable<RunsTable>): Promise<void> {
  const holds = await work.tx
    .selectFrom('holds')
    .selectAll()
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('released_by', '=', 'control')
    .where('cause_kind', '=', 'anomaly')
    .where('released_us', '>', run.last_heartbeat_us)
    .where((or) =>
      or.or([
        or.and([or('scope', '=', 'run'), or('scope_id', '=', run.run_id)]),
        or.and([or('scope', '=', 'session'), or('placed_us', '>=', run.started_us)]),
      ]),
    )
    .execute();
  for (const hold of holds) {
    await placeHold(work, {
      tenant: agent.tenant,
      agentId: agent.agentId,
      action: hold.action,
      scope: hold.scope,
      scopeId: hold.scope_id,
      reason: hold.reason,
      cause: { kind: hold.cause_kind, ref: hold.cause_ref },
      ...(hold.cause_key === null ? {} : { causeKey: hold.cause_key }),
      actor: 'control',
      isAgain: true,
    });
  }
}

const abandoned = (beforeUs: number, only: ReturnType<typeof sql>) => sql<AbandonedHold>`
  select h.id, h.tenant, h.agent_id from holds h
  where ${only} and h.released_us is null and h.cause_kind = 'anomaly' and h.scope in ('run', 'session') and h.placed_us < ${beforeUs}::bigint
    and not exists (select 1 from runs r where r.tenant = h.tenant and r.agent_id = h.agent_id
      and (r.state not in ('lost', 'ended') or greatest(r.last_heartbeat_us, coalesce(r.ended_us, 0)) >= ${beforeUs}::bigint)
      and case h.scope when 'run' then r.run_id = h.scope_id
        else r.started_us <= h.placed_us or r.sessions @> jsonb_build_array(h.scope_id) end)
  order by h.placed_us limit ${PER_ROUND}`;
