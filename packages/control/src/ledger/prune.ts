import type { Work } from './work.ts';

const BATCH = 1_000;
/** Outbox rows stay this long after they were published, for the live view of events. */
const PUBLISHED_KEPT_US = 600_000_000;

/**
 * Removes what has served its time; true when a full batch of the outbox went, so that more may be waiting. Holds, commands,
 * acknowledgements and the audit stay.
 */
export async function prune(work: Work): Promise<boolean> {
  const beforeUs = work.nowUs - work.settings.keepMs * 1000;
  const { tx } = work;
  const { numDeletedRows } = await tx
    .deleteFrom('outbox')
    .where(
      'id',
      'in',
      tx
        .selectFrom('outbox')
        .select('id')
        .where('published_us', '<', work.nowUs - PUBLISHED_KEPT_US)
        .limit(BATCH),
    )
    .executeTakeFirst();
  await tx.deleteFrom('anomalies').where('received_us', '<', beforeUs).execute();
  await tx.deleteFrom('webhook_events').where('received_us', '<', beforeUs).execute();
  await tx.deleteFrom('idempotency_keys').where('created_us', '<', beforeUs).execute();
  return Number(numDeletedRows) === BATCH;
}
