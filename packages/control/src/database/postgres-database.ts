import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BelayError } from '@belay/protocol';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool, type PoolClient, TypeOverrides } from 'pg';
import { CONTROL_CHANNEL, type Database } from './database.ts';
import { applyMigrations, loadMigrations } from './migrate.ts';
import type { Tables } from './tables.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections at most. Default 10, at least 3. */
  poolSize?: number;
}

const INT8 = 20;
/** One connection may wait for a lock while others do the work under it. */
const MIN_POOL = 3;
const RECONNECT_MS = 500;

/**
 * A PostgreSQL server (≥ 15), for any number of processes.
 * @throws BelayError `unavailable` when the server does not answer.
 */
export async function createPostgresDatabase(options: PostgresOptions): Promise<Database> {
  const types = new TypeOverrides();
  types.setTypeParser(INT8, Number);
  const pool = new Pool({
    connectionString: options.url,
    max: Math.max(MIN_POOL, options.poolSize ?? 10),
    types,
    connectionTimeoutMillis: 5_000,
  });
  pool.on('error', () => undefined);
  // A connection that breaks while it is in use tells by event as well as by the failed query: unheard, it would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  await check(pool);
  return {
    kind: 'postgres',
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    migrate: () => migrate(pool),
    listen: (hear, onGap) => listen(options.url, hear, onGap),
    exclusively: (name, task) => exclusively(pool, name, task),
    isHealthy: () => isHealthy(pool),
    close: () => pool.end(),
  };
}

async function check(pool: Pool): Promise<void> {
  try {
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    throw new BelayError('unavailable', 'PostgreSQL does not answer. Check the address, the credentials, and that the server runs.', {
      cause,
      retryable: true,
    });
  }
}

const lockNumber = (name: string): string => createHash('sha256').update(`belay/${name}`).digest().readBigInt64BE().toString();

async function migrate(pool: Pool): Promise<void> {
  const migrations = await loadMigrations();
  await withClient(pool, async (client) => {
    await client.query('begin');
    try {
      await client.query('select pg_advisory_xact_lock($1)', [lockNumber('migrate')]);
      await applyMigrations(
        { script: async (sql) => void (await client.query(sql)), query: (sql, parameters) => client.query(sql, parameters) },
        migrations,
      );
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  });
}

async function exclusively<T>(pool: Pool, name: string, task: () => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('select pg_advisory_lock($1)', [lockNumber(name)]);
    try {
      return await task();
    } finally {
      await client.query('select pg_advisory_unlock($1)', [lockNumber(name)]);
    }
  });
}

/** A client that failed is thrown away: its session, and the locks it holds, must not go back to the pool. */
async function withClient<T>(pool: Pool, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function isHealthy(pool: Pool): Promise<boolean> {
  const answer = pool.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, sleep(1_500, false, { ref: false })]);
}

async function listen(url: string, hear: (payload: string) => void, onGap: () => void): Promise<{ stop(): Promise<void> }> {
  const stopped = new AbortController();
  let client = await connectListener(url, hear);
  const keep = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await new Promise<void>((resolve) => {
        client.once('end', () => resolve());
        client.once('error', () => resolve());
      });
      await client.end().catch(() => undefined);
      const next = await reconnect(url, hear, stopped.signal);
      if (next === undefined) return;
      client = next;
      onGap();
    }
    await client.end().catch(() => undefined);
  };
  const kept = keep();
  return {
    stop: async () => {
      stopped.abort();
      await client.end().catch(() => undefined);
      await kept;
    },
  };
}

async function connectListener(url: string, hear: (payload: string) => void): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
  client.on('error', () => undefined);
  client.on('notification', (message) => hear(message.payload ?? ''));
  await client.connect();
  await client.query(`listen ${CONTROL_CHANNEL}`);
  return client;
}

async function reconnect(url: string, hear: (payload: string) => void, signal: AbortSignal): Promise<Client | undefined> {
  while (!signal.aborted) {
    try {
      return await connectListener(url, hear);
    } catch {
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
