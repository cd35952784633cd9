import { type Anomaly, type ControlEvent, TOPICS } from '@belay/protocol';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

type FeedItem = { readonly type: 'control'; readonly event: ControlEvent } | { readonly type: 'anomaly'; readonly event: Anomaly };
type FeedListener = (tenant: string, item: FeedItem) => void;

/** The live view of a tenant's control events and anomalies. Best effort: the record is the log. */
export interface EventFeed {
  subscribe(listener: FeedListener): () => void;
  /** New rows may be in the outbox. */
  poll(): Promise<void>;
  announce(tenant: string, item: FeedItem): void;
}

/** Transactions commit out of the order of their ids, so some already passed are read again. */
const OVERLAP = 200;
const SEEN_MAX = 2_000;

/** Follows the outbox, so that a replica shows what any other one has done. */
export function createEventFeed(db: Kysely<Tables>): EventFeed {
  const listeners = new Set<FeedListener>();
  const seen = new Set<number>();
  let newest: number | undefined;
  let polling: Promise<void> | undefined;
  let isStale = false;
  const announce: EventFeed['announce'] = (tenant, item) => {
    for (const listener of listeners) listener(tenant, item);
  };
  const read = async (): Promise<void> => {
    while (isStale) {
      isStale = false;
      const rows = await db
        .selectFrom('outbox')
        .select(['id', 'tenant', 'value'])
        .where('topic', '=', TOPICS.control)
        .where('id', '>', (newest ?? 0) - OVERLAP)
        .orderBy('id', 'desc')
        .limit(OVERLAP * 5)
        .execute();
      const isFirst = newest === undefined;
      for (const row of rows.reverse()) {
        if (seen.has(row.id)) continue;
        remember(seen, row.id);
        newest = Math.max(newest ?? 0, row.id);
        if (!isFirst) announce(row.tenant, { type: 'control', event: JSON.parse(row.value) as ControlEvent });
      }
      newest ??= 0;
    }
  };
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    poll: async () => {
      isStale = true;
      polling ??= read().finally(() => {
        polling = undefined;
      });
      await polling;
    },
    announce,
  };
}

function remember(seen: Set<number>, id: number): void {
  seen.add(id);
  if (seen.size <= SEEN_MAX) return;
  const [oldest] = seen;
  if (oldest !== undefined) seen.delete(oldest);
}
