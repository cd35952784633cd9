import type { Bus, OutgoingMessage } from '@belay/bus';
import { HEADER_LINES, HEADER_SCHEMA, isBelayError, type Topic } from '@belay/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../database/database.ts';
import type { OutboxTable } from '../database/tables.ts';
import type { Logger } from '../logger.ts';

export interface OutboxPublisher {
  /** Something may be waiting: publishes at once, or right after what is being published now. */
  wake(): void;
  /** Resolves when everything that was waiting has been published or the try failed. */
  drain(): Promise<void>;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

export interface OutboxDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly nowUs: () => number;
  readonly logger: Logger;
  readonly onPublished: (rows: number) => void;
  readonly onFailed: () => void;
}

type Row = Selectable<OutboxTable>;

const BATCH = 500;
const RETRY_MS = 500;
const encoder = new TextEncoder();

/**
 * Publishes the outbox: one publisher at a time over all replicas, in order of ids (rows of one agent get theirs under the agent's lock),
 * at least once. When the log is away the rows wait.
 */
export function createOutboxPublisher(deps: OutboxDeps): OutboxPublisher {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  const loop = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false;
      try {
        await deps.database.exclusively('outbox', () => publishWaiting(deps, () => isStopped));
      } catch (error) {
        deps.onFailed();
        deps.logger.warn(
          { code: isBelayError(error) ? error.code : 'internal', error: String(error) },
          'The outbox could not be published; it waits and is tried again.',
        );
        scheduleRetry();
      }
    }
  };
  const scheduleRetry = (): void => {
    if (isStopped) return;
    clearTimeout(retry);
    retry = setTimeout(wake, RETRY_MS);
    retry.unref();
  };
  const wake = (): void => {
    isWanted = true;
    running ??= loop().finally(() => {
      running = undefined;
    });
  };
  return {
    wake,
    drain: async () => {
      wake();
      await running;
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(retry);
      await running;
    },
  };
}

async function publishWaiting(deps: OutboxDeps, isStopped: () => boolean): Promise<void> {
  for (;;) {
    const rows = await deps.database.db
      .selectFrom('outbox')
      .selectAll()
      .where('published_us', 'is', null)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    if (rows.length === 0 || isStopped()) return;
    await deps.bus.publisher.publish((await Promise.all(rows.map((row) => messagesOf(deps.bus, row)))).flat());
    await deps.database.db
      .updateTable('outbox')
      .set({ published_us: deps.nowUs() })
      .where(
        'id',
        'in',
        rows.map((row) => row.id),
      )
      .execute();
    deps.onPublished(rows.length);
    if (rows.length < BATCH) return;
  }
}

async function messagesOf(bus: Bus, row: Row): Promise<OutgoingMessage[]> {
  const topic = row.topic as Topic;
  const message = {
    topic,
    key: row.key,
    value: encoder.encode(row.value),
    headers: { [HEADER_SCHEMA]: '1', [HEADER_LINES]: '1' },
    timestampUs: row.timestamp_us,
  };
  if (!row.every_partition) return [message];
  return Array.from({ length: await bus.partitions(topic) }, (_, partition) => ({ ...message, partition }));
}
