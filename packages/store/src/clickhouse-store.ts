import { BelayError, systemClock } from '@belay/protocol';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { createClientStore } from './client-store.ts';
import type { Store } from './store.ts';
import { toStoreError } from './store-error.ts';

const REQUEST_TIMEOUT_MS = 30_000;

export interface ClickHouseStoreOptions {
  /** HTTP interface, e.g. `http://127.0.0.1:8123`; may carry user and password. */
  readonly url: string;
  /** Created by `migrate` when missing. */
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** Time for one call, ms. Default 30,000. */
  readonly requestTimeoutMs?: number;
}

/**
 * The store on a ClickHouse server over HTTP. Connects lazily: a server that is away shows in `isHealthy` and in the calls.
 * @throws BelayError `bad_configuration` when the database's name is not an identifier.
 */
export async function createClickHouseStore(options: ClickHouseStoreOptions): Promise<Store> {
  const { database } = options;
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(database)) {
    throw new BelayError(
      'bad_configuration',
      `Database ${JSON.stringify(database)} must be 1–63 letters, digits or _, not starting with a digit.`,
    );
  }
  const connect = (name: string) =>
    createClient({
      url: withoutPath(options.url),
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
      database: name,
      application: 'belay',
      request_timeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      clickhouse_settings: CLIENT_SETTINGS,
      // Every error reaches the caller as a BelayError with its cause; the client would print it a second time, settings and all.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const prepare = async (): Promise<void> => {
    const client = connect('default');
    try {
      // Asked first: a user without the right to create databases may still migrate one that exists.
      const known = await client.query({
        query: 'SELECT 1 FROM system.databases WHERE name = {database:String}',
        format: 'JSONEachRow',
        query_params: { database },
      });
      if ((await known.json()).length > 0) return;
      await client.command({ query: `CREATE DATABASE IF NOT EXISTS \`${database}\`` });
    } catch (error) {
      throw toStoreError(error, `the creation of database ${database}`);
    } finally {
      await client.close();
    }
  };
  return createClientStore({ client: connect(database), clock: systemClock, prepare });
}

// A path would win over `database` in the client.
function withoutPath(text: string): string {
  const url = new URL(text);
  url.pathname = '/';
  return url.href;
}
