import type { Clock } from '@belay/protocol';
import type { ClickHouseClient } from '@clickhouse/client';
import { migrate } from './migrate.ts';
import { loadMigrations } from './migrations.ts';
import { createQueries } from './queries.ts';
import type { Store } from './store.ts';
import { createWriter } from './writer.ts';

const HEALTH_TIMEOUT_MS = 2_000;

export interface ClientStoreOptions {
  readonly client: ClickHouseClient;
  readonly clock: Clock;
  /** Runs before the first migration: creates the database where the engine has more than one. */
  readonly prepare?: () => Promise<void>;
}

/** The store over a client of either engine. Owns the client from here on. */
export async function createClientStore({ client, clock, prepare }: ClientStoreOptions): Promise<Store> {
  let migrating: Promise<void> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const migrateOnce = async (): Promise<void> => {
    await prepare?.();
    await migrate({ client, clock, migrations: await loadMigrations() });
  };
  return {
    migrate: () => {
      migrating = migrating.then(migrateOnce, migrateOnce);
      return migrating;
    },
    writer: createWriter(client),
    queries: await createQueries(client),
    isHealthy: () => isHealthy(client),
    close: () => {
      closing ??= client.close();
      return closing;
    },
  };
}

async function isHealthy(client: ClickHouseClient): Promise<boolean> {
  const timeout = new Promise<boolean>((resolve) => {
    setTimeout(resolve, HEALTH_TIMEOUT_MS, false).unref();
  });
  const ping = client.ping({ select: true }).then(
    (result) => result.success,
    () => false,
  );
  return Promise.race([ping, timeout]);
}
