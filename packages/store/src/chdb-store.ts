import { BelayError, type Clock, systemClock } from '@belay/protocol';
import { createClient } from '@clickhouse/client';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { createClientStore } from './client-store.ts';
import type { Store } from './store.ts';

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>;

export interface ChdbStoreOptions {
  /** Data folder, created when missing; one process at a time. `:memory:` = a temporary folder, gone at the end. */
  readonly path: string;
  /** Stamps applied migrations. Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * The store on the ClickHouse engine inside this process (chdb). One query at a time; another folder cannot be opened while this one is.
 * @throws BelayError `unavailable` when the engine cannot be loaded or the folder is in use.
 */
export async function createChdbStore({ path, clock = systemClock }: ChdbStoreOptions): Promise<Store> {
  try {
    // Loaded when asked for: the engine is 300 MB that a process on a ClickHouse server never needs.
    const { createChdbConnection } = await import('chdb/connection');
    // chdb implements the interface of client-common, the client carries a copy of its own: one shape, two declarations.
    const connection = createChdbConnection({ path }) as unknown as NonNullable<ClientOptions['connection']>;
    const client = createClient({ connection, clickhouse_settings: CLIENT_SETTINGS });
    return await createClientStore({ client, clock });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new BelayError('unavailable', `The embedded ClickHouse engine did not open ${path}: ${detail}`, { cause: error });
  }
}
