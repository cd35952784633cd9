import { setTimeout as wait } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';

const TAKE = 'CREATE TABLE schema_migrating (holder String) ENGINE = Memory';
const AGE =
  "SELECT dateDiff('second', metadata_modification_time, now()) AS seconds FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrating'";
const GIVE_BACK = 'DROP TABLE IF EXISTS schema_migrating';
const RETRY_MS = 100;
/** Migrations take a second; who holds the lock for longer has died. */
const STALE_SECONDS = 20;

/**
 * Runs the task while nobody else does, on this database: making a table that must not be there is ClickHouse's only atomic step. The lock of
 * a process that died is taken over after 20 s.
 * @throws what the task throws, and what the engine refuses.
 */
export async function withMigrationLock<T>(client: ClickHouseClient, task: () => Promise<T>): Promise<T> {
  while (!(await take(client))) {
    if ((await ageOf(client)) > STALE_SECONDS) await client.command({ query: GIVE_BACK });
    else await wait(RETRY_MS);
  }
  try {
    return await task();
  } finally {
    await client.command({ query: GIVE_BACK });
  }
}

async function take(client: ClickHouseClient): Promise<boolean> {
  try {
    await client.command({ query: TAKE });
    return true;
  } catch (error) {
    if (/already exists/i.test(String(error))) return false;
    throw error;
  }
}

/** 0 when it was given back meanwhile. */
async function ageOf(client: ClickHouseClient): Promise<number> {
  const rows = await (await client.query({ query: AGE, format: 'JSONEachRow' })).json<{ seconds: number | string }>();
  return Number(rows[0]?.seconds ?? 0);
}
