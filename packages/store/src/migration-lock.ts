import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';

/** The comment names the holder: it is there as soon as the table is. */
const take = (holder: string): string => `CREATE TABLE schema_migrating (holder String) ENGINE = Memory COMMENT '${holder}'`;
const HELD = `SELECT comment AS holder, dateDiff('second', metadata_modification_time, now()) AS seconds, toUnixTimestamp(now()) AS now FROM system.tables
WHERE database = currentDatabase() AND name = 'schema_migrating'`;
/** Where the lock of a holder ends: a name that is there already refuses the move, so that a lock is taken away once, and never another's for it. */
const graveOf = (holder: string): string => `\`schema_migrating_of_${holder.replaceAll(/[^\w-]/g, '')}\``;
const RETRY_MS = 100;
/** Migrations take a second; who holds the lock for longer has died. */
const STALE_SECONDS = 20;
/** 5 s: on a machine that stood still, the holder of an old lock goes on at the same time as who waits for it. */
const STALE_LOOKS = 50;

interface Held {
  readonly holder: string;
  /** Of the embedded engine, which keeps no such time, since 1970: there the looks alone count. */
  readonly seconds: number;
  /** Of the engine's clock. */
  readonly nowSeconds: number;
}

interface Row {
  readonly holder: string;
  readonly seconds: number | string;
  readonly now: number | string;
}

interface MigrationLockOptions {
  /** Age from which a lock may be one that a dead process left, seconds by the engine's clock. Default 20. */
  readonly staleSeconds?: number;
  /** How often, 100 ms apart, it is looked at again before it is taken over. Default 50. */
  readonly staleLooks?: number;
}

/**
 * Runs the task while nobody else does, on this database: making a table under a name that must be free, and moving one to it, are ClickHouse's only
 * atomic steps. The lock of a process that died is taken over after 20 s, the last 5 of them watched; a holder that was only asleep for so long learns
 * it from `isHeld` and MUST change nothing more. Such a lock stays under its holder's name, an empty table: of those who have judged it to be dead
 * only one takes it over.
 * @throws what the task throws, and what the engine refuses.
 */
export async function withMigrationLock<T>(
  client: ClickHouseClient,
  task: (isHeld: () => Promise<boolean>) => Promise<T>,
  { staleSeconds = STALE_SECONDS, staleLooks = STALE_LOOKS }: MigrationLockOptions = {},
): Promise<T> {
  const holder = randomUUID();
  await waitFor(client, holder, { staleSeconds, staleLooks });
  const sinceSeconds = (await held(client))?.nowSeconds ?? 0;
  const isHeld = async (): Promise<boolean> => (await held(client))?.holder === holder;
  try {
    return await task(isHeld);
  } finally {
    await giveBack(client, holder, sinceSeconds + staleSeconds);
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
    const isDead = now !== undefined && now.seconds >= staleSeconds && looks > staleLooks;
    if (!(isDead && (await isMoved(client, now.holder)))) await wait(RETRY_MS);
  }
}

/** One that is old enough to have been judged dead stays under its name: who has judged so must find it there. */
async function giveBack(client: ClickHouseClient, holder: string, staleAtSeconds: number): Promise<void> {
  const now = await held(client);
  if (now?.holder !== holder || !(await isMoved(client, holder))) return;
  if (now.nowSeconds < staleAtSeconds) await client.command({ query: `DROP TABLE ${graveOf(holder)}` });
}

/** True when the lock is ours now. */
const isTaken = (client: ClickHouseClient, holder: string): Promise<boolean> => isDone(client, take(holder));

/** False when the lock of this holder was taken away before. */
const isMoved = (client: ClickHouseClient, holder: string): Promise<boolean> =>
  isDone(client, `RENAME TABLE schema_migrating TO ${graveOf(holder)}`);

/** False when another was faster. */
async function isDone(client: ClickHouseClient, query: string): Promise<boolean> {
  try {
    await client.command({ query });
    return true;
  } catch (error) {
    if (/already exists|does not exist|doesn't exist/i.test(String(error))) return false;
    throw error;
  }
}

/** The lock that is there, whoever holds it. */
async function held(client: ClickHouseClient): Promise<Held | undefined> {
  const rows = await (await client.query({ query: HELD, format: 'JSONEachRow' })).json<Row>();
  return rows[0] && { holder: rows[0].holder, seconds: Number(rows[0].seconds), nowSeconds: Number(rows[0].now) };
}
