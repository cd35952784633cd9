import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';

/** The comment names the holder: it is there as soon as the table is. */
const take = (holder: string): string => `CREATE TABLE schema_migrating (holder String) ENGINE = Memory COMMENT '${holder}'`;
const HELD = `SELECT comment AS holder, dateDiff('second', metadata_modification_time, now()) AS seconds FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_migrating'`;
const GIVE_BACK = 'DROP TABLE IF EXISTS schema_migrating';
const RETRY_MS = 100;
/** Migrations take a second; who holds the lock for longer has died. */
const STALE_SECONDS = 20;
/** 5 s: on a machine that stood still, the holder of an old lock goes on at the same time as who waits for it. */
const STALE_LOOKS = 50;

interface Held {
  readonly holder: string;
  readonly seconds: number;
}

interface MigrationLockOptions {
  /** Age from which a lock may be one that a dead process left, seconds by the engine's clock. Default 20. */
  readonly staleSeconds?: number;
  /** How often, 100 ms apart, it is looked at again before it is taken over. Default 50. */
  readonly staleLooks?: number;
}

/**
 * Runs the task while nobody else does, on this database: making a table that must not be there is ClickHouse's only atomic step. The lock of
 * a process that died is taken over after 20 s, the last 5 of them watched; a holder that was only asleep for so long learns it from `isHeld` and MUST change nothing more.
 * @throws what the task throws, and what the engine refuses.
 */
export async function withMigrationLock<T>(
  client: ClickHouseClient,
  task: (isHeld: () => Promise<boolean>) => Promise<T>,
  { staleSeconds = STALE_SECONDS, staleLooks = STALE_LOOKS }: MigrationLockOptions = {},
): Promise<T> {
  const holder = randomUUID();
  await waitFor(client, holder, { staleSeconds, staleLooks });
  const isHeld = async (): Promise<boolean> => (await held(client))?.holder === holder;
  try {
    return await task(isHeld);
  } finally {
    if (await isHeld()) await client.command({ query: GIVE_BACK });
  }
}

async function waitFor(
  client: ClickHouseClient,
  holder: string,
  { staleSeconds, staleLooks }: Required<MigrationLockOptions>,
): Promise<void> {
  let seen: Held | undefined;
  for (let looks = 1; !(await isTaken(client, holder)); looks += 1) {
    const now = await held(client);
    if (now?.holder !== seen?.holder) looks = 1;
    seen = now;
    if (now !== undefined && now.seconds >= staleSeconds && looks > staleLooks) await client.command({ query: GIVE_BACK });
    else await wait(RETRY_MS);
  }
}

/** True when the lock is ours now. */
async function isTaken(client: ClickHouseClient, holder: string): Promise<boolean> {
  try {
    await client.command({ query: take(holder) });
    return true;
  } catch (error) {
    if (/already exists/i.test(String(error))) return false;
    throw error;
  }
}

/** The lock that is there, whoever holds it. */
async function held(client: ClickHouseClient): Promise<Held | undefined> {
  const rows = await (await client.query({ query: HELD, format: 'JSONEachRow' })).json<{ holder: string; seconds: number | string }>();
  return rows[0] === undefined ? undefined : { holder: rows[0].holder, seconds: Number(rows[0].seconds) };
}
