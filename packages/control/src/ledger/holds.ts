import type { Hold, HoldAction, HoldCause, HoldScope } from '@belay/protocol';
import type { Selectable } from 'kysely';
import type { HoldsTable } from '../database/tables.ts';
import { type LockedAgent, lockAgent, seeAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { checkBreaker, reportBreaker } from './breaker.ts';
import { issueCommand } from './commands.ts';
import { emitEvent } from './outbox.ts';
import type { Work } from './work.ts';

export interface HoldRequest {
  readonly tenant: string;
  readonly agentId: string;
  readonly action: HoldAction;
  readonly scope: HoldScope;
  readonly scopeId: string;
  readonly reason: string;
  readonly cause: { readonly kind: HoldCause; readonly ref: string };
  /** What makes two automatic holds the same; operators' holds have none and are never merged. */
  readonly causeKey?: string;
  readonly actor: string;
  /** Where a person can read more, e.g. the alert's page. */
  readonly link?: string;
  /** Register an agent that control has not seen; otherwise it is `unknown_agent`. */
  readonly registerAgent?: boolean;
  /** What was held before and is held again: it was counted in the blast radius then. */
  readonly isAgain?: boolean;
}

type HoldPlaced = { readonly outcome: 'placed'; readonly hold: Hold; readonly epoch: number; readonly commandId: string };

export type PlaceResult =
  | HoldPlaced
  | { readonly outcome: 'already_held'; readonly holdId: string }
  | { readonly outcome: 'unknown_agent' }
  | { readonly outcome: 'breaker_open'; readonly heldAgents: number; readonly limit: number }
  | { readonly outcome: 'too_many_holds'; readonly open: number };

/** A signed state carries at most 256 holds; the last ones are kept for agent-wide holds. */
const MAX_OPEN_HOLDS = 256;
const WIDEN_AT = 240;

/**
 * Places a hold: hold, command, epoch, control event, input record and audit entry in the one transaction of `work`.
 * An automatic hold on an agent that already has very many is widened to the whole agent: it must not fail for want of room.
 */
export async function placeHold(work: Work, request: HoldRequest): Promise<PlaceResult> {
  const agent =
    request.registerAgent === true
      ? await seeAgent(work, request.tenant, request.agentId, {})
      : await lockAgent(work, request.tenant, request.agentId);
  if (agent === undefined) return { outcome: 'unknown_agent' };
  const open = await openHolds(work, agent);
  if (open.length >= MAX_OPEN_HOLDS) return { outcome: 'too_many_holds', open: open.length };
  const wanted =
    open.length >= WIDEN_AT && request.causeKey !== undefined ? { ...request, scope: 'agent' as const, scopeId: request.agentId } : request;
  const same = open.find((hold) => isSameCause(hold, wanted));
  if (same !== undefined) return { outcome: 'already_held', holdId: same.id };
  if (request.cause.kind !== 'operator' && request.isAgain !== true) {
    const verdict = await checkBreaker(work, agent);
    if (verdict.open) {
      await reportBreaker(work, agent, verdict, { actor: request.actor, cause: request.cause.ref });
      return { outcome: 'breaker_open', heldAgents: verdict.heldAgents, limit: verdict.limit };
    }
  }
  return insertHold(work, agent, wanted);
}

const openHolds = (work: Work, agent: LockedAgent): Promise<Selectable<HoldsTable>[]> =>
  work.tx
    .selectFrom('holds')
    .selectAll()
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('released_us', 'is', null)
    .execute();

const isSameCause = (hold: Selectable<HoldsTable>, request: HoldRequest): boolean =>
  request.causeKey !== undefined &&
  hold.cause_key === request.causeKey &&
  hold.cause_kind === request.cause.kind &&
  hold.action === request.action &&
  hold.scope === request.scope &&
  hold.scope_id === request.scopeId;

async function insertHold(work: Work, agent: LockedAgent, request: HoldRequest): Promise<HoldPlaced> {
  const hold: Hold = {
    id: work.newId(),
    action: request.action,
    scope: request.scope,
    scopeId: request.scopeId,
    reason: request.reason.slice(0, 1024),
    cause: { kind: request.cause.kind, ref: request.cause.ref.slice(0, 256) },
    placedUs: work.nowUs,
  };
  await work.tx.insertInto('holds').values(rowOf(hold, request)).execute();
  const { commandId, epoch } = await issueCommand(work, agent, { change: 'placed', holdId: hold.id, actor: request.actor });
  emitEvent(work, {
    type: 'hold.placed',
    tenant: agent.tenant,
    agentId: agent.agentId,
    actor: request.actor,
    epoch,
    commandId,
    hold,
  });
  await appendAudit(work, {
    tenant: agent.tenant,
    actor: request.actor,
    action: 'hold.placed',
    agentId: agent.agentId,
    details: { hold, epoch, commandId, link: request.link },
  });
  return { outcome: 'placed', hold, epoch, commandId };
}

const rowOf = (hold: Hold, request: HoldRequest): Selectable<HoldsTable> => ({
  id: hold.id,
  tenant: request.tenant,
  agent_id: request.agentId,
  action: hold.action,
  scope: hold.scope,
  scope_id: hold.scopeId,
  reason: hold.reason,
  cause_kind: hold.cause.kind,
  cause_ref: hold.cause.ref,
  cause_key: request.causeKey ?? null,
  link: request.link ?? null,
  placed_us: hold.placedUs,
  placed_by: request.actor,
  released_us: null,
  released_by: null,
  release_reason: null,
});

export interface ReleaseRequest {
  readonly tenant: string;
  readonly agentId: string;
  readonly holdId: string;
  readonly reason: string;
  readonly actor: string;
  readonly link?: string;
}

export type ReleaseResult =
  | { readonly outcome: 'released'; readonly epoch: number; readonly commandId: string; readonly openHolds: number }
  | { readonly outcome: 'already_released' }
  | { readonly outcome: 'unknown_hold' };

/** Releases exactly one named hold; the agent acts again when none is left. */
export async function releaseHold(work: Work, request: ReleaseRequest): Promise<ReleaseResult> {
  const agent = await lockAgent(work, request.tenant, request.agentId);
  if (agent === undefined) return { outcome: 'unknown_hold' };
  const hold = await work.tx
    .selectFrom('holds')
    .select(['id', 'action', 'scope', 'scope_id', 'released_us'])
    .where('id', '=', request.holdId)
    .where('tenant', '=', request.tenant)
    .where('agent_id', '=', request.agentId)
    .executeTakeFirst();
  if (hold === undefined) return { outcome: 'unknown_hold' };
  if (hold.released_us !== null) return { outcome: 'already_released' };
  const reason = request.reason.slice(0, 1024);
  await work.tx
    .updateTable('holds')
    .set({ released_us: work.nowUs, released_by: request.actor, release_reason: reason })
    .where('id', '=', hold.id)
    .execute();
  const command = await issueCommand(work, agent, { change: 'released', holdId: hold.id, actor: request.actor });
  emitEvent(work, {
    type: 'hold.released',
    tenant: agent.tenant,
    agentId: agent.agentId,
    actor: request.actor,
    ...command,
    holdId: hold.id,
    reason,
    action: hold.action,
    scope: hold.scope,
    scopeId: hold.scope_id,
  });
  await appendAudit(work, {
    tenant: agent.tenant,
    actor: request.actor,
    action: 'hold.released',
    agentId: agent.agentId,
    details: { holdId: hold.id, reason, ...command, link: request.link },
  });
  return { outcome: 'released', ...command, openHolds: (await openHolds(work, agent)).length };
}
