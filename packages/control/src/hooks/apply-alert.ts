import type { AlertSource } from '../config.ts';
import { lockAgent } from '../ledger/agent.ts';
import { appendAudit } from '../ledger/audit.ts';
import { type PlaceResult, placeHold, releaseHold } from '../ledger/holds.ts';
import type { Work } from '../ledger/work.ts';
import type { Alert } from './alert-payload.ts';
import { type AlertIntent, intentOfAlert, linkOfAlert, reasonOfAlert } from './intent-of-alert.ts';

export const ALERT_OUTCOMES = [
  'held',
  'already_held',
  'released',
  'nothing_to_release',
  'repeat',
  'already_resolved',
  'ignored',
  'refused',
  'unknown_agent',
  'breaker_open',
  'too_many_holds',
  'would_hold',
  'would_release',
] as const;
type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

export interface AlertAnswer {
  readonly fingerprint: string;
  readonly status: Alert['status'];
  readonly outcome: AlertOutcome;
  readonly agentId?: string;
  readonly holdIds?: readonly string[];
  readonly detail?: string;
}

/**
 * Applies one alert. Firing holds the agent it names, once per episode (fingerprint and start): what an operator released is not held again
 * by a repeated notification. Resolved releases what this alert holds, and nothing else.
 */
export async function applyAlert(work: Work, source: AlertSource, alert: Alert): Promise<AlertAnswer> {
  const answer = alert.status === 'firing' ? await fire(work, source, alert) : await resolve(work, source, alert);
  return { fingerprint: alert.fingerprint, status: alert.status, ...answer };
}

type Part = Omit<AlertAnswer, 'fingerprint' | 'status'>;

const causeKey = (source: AlertSource, alert: Alert): string => `${source.name}/${alert.fingerprint}`;
const actor = (source: AlertSource): string => `webhook:${source.name}`;

async function fire(work: Work, source: AlertSource, alert: Alert): Promise<Part> {
  const intent = intentOfAlert(alert, source.allow);
  if (intent.kind !== 'act') return decline(work, source, alert, intent);
  const { agentId, action } = intent;
  if (await wasHandled(work, source, alert, `resolved/${agentId}`)) return { outcome: 'already_resolved', agentId };
  if (await wasHandled(work, source, alert, `firing/${agentId}`)) return { outcome: 'repeat', agentId };
  if (source.dryRun) return dryRun(work, source, agentId);
  const link = linkOfAlert(alert);
  const result = await placeHold(work, {
    tenant: source.tenant,
    agentId,
    action,
    scope: 'agent',
    scopeId: agentId,
    reason: reasonOfAlert(alert, source.name),
    cause: { kind: 'webhook', ref: causeKey(source, alert) },
    causeKey: causeKey(source, alert),
    actor: actor(source),
    ...(link === undefined ? {} : { link }),
  });
  if (result.outcome === 'placed' || result.outcome === 'already_held') await remember(work, source, alert, `firing/${agentId}`);
  return placed(work, source, alert, agentId, result);
}

async function placed(work: Work, source: AlertSource, alert: Alert, agentId: string, result: PlaceResult): Promise<Part> {
  switch (result.outcome) {
    case 'placed':
      return { outcome: 'held', agentId, holdIds: [result.hold.id] };
    case 'already_held':
      return { outcome: 'already_held', agentId, holdIds: [result.holdId] };
    case 'breaker_open':
      return {
        outcome: 'breaker_open',
        agentId,
        detail: `Automatic holds have stopped: ${result.heldAgents} agents are held, the limit is ${result.limit}. A person must hold this one.`,
      };
    case 'too_many_holds':
      return { outcome: 'too_many_holds', agentId, detail: 'The agent has as many open holds as a state can carry.' };
    case 'unknown_agent':
      return decline(work, source, alert, {
        kind: 'unknown',
        agentId,
        detail: 'No agent of this id has ever been heard of. Is the label right?',
      });
  }
}

/** Nothing was held; the audit says so, with the alert's link. */
async function decline(
  work: Work,
  source: AlertSource,
  alert: Alert,
  why: Exclude<AlertIntent, { kind: 'act' }> | { kind: 'unknown'; agentId: string; detail: string },
): Promise<Part> {
  const outcome = why.kind === 'unknown' ? 'unknown_agent' : why.kind;
  const agentId = 'agentId' in why ? why.agentId : undefined;
  await appendAudit(work, {
    tenant: source.tenant,
    actor: actor(source),
    action: `alert.${outcome}`,
    ...(agentId === undefined ? {} : { agentId }),
    details: { fingerprint: alert.fingerprint, detail: why.detail, link: linkOfAlert(alert) },
  });
  return { outcome, detail: why.detail, ...(agentId === undefined ? {} : { agentId }) };
}

async function dryRun(work: Work, source: AlertSource, agentId: string): Promise<Part> {
  const known = await work.tx
    .selectFrom('agents')
    .select('agent_id')
    .where('tenant', '=', source.tenant)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return { outcome: known === undefined ? 'unknown_agent' : 'would_hold', agentId, detail: 'dry run: nothing was changed' };
}

async function resolve(work: Work, source: AlertSource, alert: Alert): Promise<Part> {
  const holds = await work.tx
    .selectFrom('holds')
    .select(['id', 'agent_id'])
    .where('tenant', '=', source.tenant)
    .where('cause_kind', '=', 'webhook')
    .where('cause_key', '=', causeKey(source, alert))
    .where('released_us', 'is', null)
    .orderBy('agent_id')
    .execute();
  const intent = intentOfAlert(alert, source.allow);
  const agentId = holds[0]?.agent_id ?? ('agentId' in intent ? intent.agentId : undefined);
  const named = agentId === undefined ? {} : { agentId };
  if (source.dryRun)
    return { outcome: holds.length > 0 ? 'would_release' : 'nothing_to_release', ...named, detail: 'dry run: nothing was changed' };
  if (agentId !== undefined) await remember(work, source, alert, `resolved/${agentId}`);
  // All agents before the tenant: the lock order of every transaction.
  for (const hold of holds) await lockAgent(work, source.tenant, hold.agent_id);
  const link = linkOfAlert(alert);
  for (const hold of holds) {
    await releaseHold(work, {
      tenant: source.tenant,
      agentId: hold.agent_id,
      holdId: hold.id,
      reason: `the alert resolved (${source.name})`,
      actor: actor(source),
      ...(link === undefined ? {} : { link }),
    });
  }
  return holds.length === 0
    ? { outcome: 'nothing_to_release', ...named }
    : { outcome: 'released', ...named, holdIds: holds.map((hold) => hold.id) };
}

const episode = (alert: Alert, what: string): string => `alert/${alert.fingerprint}/${alert.startsAt}/${what}`;

async function wasHandled(work: Work, source: AlertSource, alert: Alert, what: string): Promise<boolean> {
  const row = await work.tx
    .selectFrom('webhook_events')
    .select('key')
    .where('tenant', '=', source.tenant)
    .where('source', '=', source.name)
    .where('key', '=', episode(alert, what))
    .executeTakeFirst();
  return row !== undefined;
}

async function remember(work: Work, source: AlertSource, alert: Alert, what: string): Promise<void> {
  await work.tx
    .insertInto('webhook_events')
    .values({ tenant: source.tenant, source: source.name, key: episode(alert, what), received_us: work.nowUs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
