import { assertNever, BelayError } from '@belay/protocol';
import type { AlertSource } from '../config.ts';
import { appendAudit } from '../ledger/audit.ts';
import type { PlaceResult } from '../ledger/holds.ts';
import type { Services } from '../services.ts';
import type { AlertGroup } from './alert-payload.ts';
import { type AlertAnswer, applyAlert } from './apply-alert.ts';

export interface GroupAnswer {
  readonly source: string;
  readonly dryRun: boolean;
  /** Alerts that the sender cut off; control has not seen them. */
  readonly truncatedAlerts: number;
  readonly alerts: readonly AlertAnswer[];
}

/** What came of the hold that an alert asked for, in the words of `belay_control_holds_total`. */
const HOLD_OUTCOME: Readonly<Partial<Record<AlertAnswer['outcome'], PlaceResult['outcome']>>> = {
  held: 'placed',
  already_held: 'already_held',
  breaker_open: 'breaker_open',
  too_many_holds: 'too_many_holds',
  unknown_agent: 'unknown_agent',
};

/** Applies each alert of a delivery in a transaction of its own, so that one cannot undo another; repeats are harmless. */
export async function takeAlerts(services: Services, source: AlertSource, group: AlertGroup): Promise<GroupAnswer> {
  const alerts: AlertAnswer[] = [];
  for (const alert of group.alerts) {
    const answer = await services.run((work) => applyAlert(work, source, alert));
    services.metrics.hookAlerts.inc({ source: source.name, outcome: answer.outcome });
    const asked = HOLD_OUTCOME[answer.outcome];
    if (asked !== undefined) services.metrics.holds.inc({ cause: 'webhook', outcome: asked });
    alerts.push(answer);
  }
  if (group.truncatedAlerts > 0) await reportTruncated(services, source, group.truncatedAlerts);
  return { source: source.name, dryRun: source.dryRun, truncatedAlerts: group.truncatedAlerts, alerts };
}

async function reportTruncated(services: Services, source: AlertSource, truncated: number): Promise<void> {
  services.logger.warn(
    { source: source.name, truncated },
    'An alert source cut alerts off: agents they name are not held. Raise its limit of alerts per notification.',
  );
  await services.run((work) =>
    appendAudit(work, { tenant: source.tenant, actor: `webhook:${source.name}`, action: 'alert.truncated', details: { truncated } }),
  );
}

export type DeliveryState = 'new' | 'replayed';

/** Has a delivery of this signature been taken before? */
export async function deliveryState(services: Services, source: AlertSource, signature: string): Promise<DeliveryState> {
  const row = await services.database.db
    .selectFrom('webhook_events')
    .select('key')
    .where('tenant', '=', source.tenant)
    .where('source', '=', source.name)
    .where('key', '=', `delivery/${signature.toLowerCase()}`)
    .executeTakeFirst();
  return row === undefined ? 'new' : 'replayed';
}

/** Remembers a delivery once all of it was applied: one that failed half way may come again. */
export async function rememberDelivery(services: Services, source: AlertSource, signature: string): Promise<void> {
  await services.run((work) =>
    work.tx
      .insertInto('webhook_events')
      .values({ tenant: source.tenant, source: source.name, key: `delivery/${signature.toLowerCase()}`, received_us: work.nowUs })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

export type Refusal = 'no_signature' | 'no_timestamp' | 'bad_signature' | 'outside_window' | 'bad_secret';

/** The error that a refused delivery is answered with: it says what to set, and nothing of the secret. */
export function refusalOf(refused: Refusal): BelayError {
  switch (refused) {
    case 'no_signature':
      return new BelayError('unauthenticated', 'The delivery is not signed: set an HMAC secret in the contact point.');
    case 'no_timestamp':
      return new BelayError(
        'unauthenticated',
        'The delivery has no timestamp: set the timestamp header in the contact point (X-Grafana-Alerting-Timestamp).',
      );
    case 'bad_signature':
      return new BelayError('unauthenticated', 'The signature does not fit any secret that control knows.');
    case 'outside_window':
      return new BelayError('unauthenticated', 'The timestamp is too far from the time here: an old delivery, or a clock is wrong.');
    case 'bad_secret':
      return new BelayError('unauthenticated', 'The bearer secret does not fit any that control knows.');
    default:
      return assertNever(refused, 'refusal of a delivery');
  }
}
