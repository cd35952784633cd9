import { BelayError, type Clock } from '@belay/protocol';
import type { ClickHouseClient } from '@clickhouse/client';
import { withMigrationLock } from './migration-lock.ts';
import type { Migration } from './migrations.ts';
import { platformTime } from './rows/datetime64.ts';
import { toStoreError } from './store-error.ts';

const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS schema_migrations
(version UInt32, name String, checksum String, applied DateTime64(6, 'UTC'))
ENGINE = ReplacingMergeTree ORDER BY (version, checksum)`;

export interface MigrateOptions {
  readonly client: ClickHouseClient;
  readonly clock: Clock;
  readonly migrations: readonly Migration[];
}

/**
 * Applies what is not applied yet, one process at a time. ClickHouse has no transactions over DDL, so every statement is safe to run again and
 * the history row is written after the statements: after a crash in the middle the next process repeats them and ends in the same schema.
 * A database that is ahead of `migrations` is accepted: views are versioned by name.
 * @throws BelayError `bad_configuration` when an applied migration was edited since.
 */
export async function migrate({ client, clock, migrations }: MigrateOptions): Promise<void> {
  try {
    await client.command({ query: CREATE_HISTORY });
    while (await isBehind(client, migrations))
      await withMigrationLock(client, (isHeld) => applyMissing({ client, clock, migrations }, isHeld));
  } catch (error) {
    throw toStoreError(error, 'the migration of the schema');
  }
}

async function isBehind(client: ClickHouseClient, migrations: readonly Migration[]): Promise<boolean> {
  const applied = await readHistory(client);
  for (const migration of migrations) refuseEdited(migration, applied);
  return migrations.some(({ version }) => !applied.has(version));
}

/**
 * What another process applied since is left out: an earlier migration run after a later one would undo it. Ends early when another process
 * has taken the lock over.
 */
async function applyMissing({ client, clock, migrations }: MigrateOptions, isHeld: () => Promise<boolean>): Promise<void> {
  const applied = await readHistory(client);
  for (const migration of migrations) {
    if (applied.has(migration.version)) continue;
    if (!(await isHeld())) return;
    await apply(client, clock, migration);
  }
}

async function readHistory(client: ClickHouseClient): Promise<ReadonlyMap<number, readonly string[]>> {
  const query = 'SELECT version, groupUniqArray(checksum) AS checksums FROM schema_migrations GROUP BY version';
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{ version: number; checksums: string[] }>();
  return new Map(rows.map((row) => [row.version, row.checksums]));
}

function refuseEdited(migration: Migration, applied: ReadonlyMap<number, readonly string[]>): void {
  const other = applied.get(migration.version)?.find((checksum) => checksum !== migration.checksum);
  if (other === undefined) return;
  throw new BelayError(
    'bad_configuration',
    `Migration ${migration.name} was applied to this database with checksum ${other.slice(0, 12)}…, but its file now has ` +
      `${migration.checksum.slice(0, 12)}…. An applied migration must not be edited: restore the file and put the change in a new one.`,
  );
}

async function apply(client: ClickHouseClient, clock: Clock, migration: Migration): Promise<void> {
  for (const query of migration.statements) await client.command({ query });
  const { version, name, checksum } = migration;
  const row = { version, name, checksum, applied: platformTime(clock.nowUs()) };
  await client.insert({ table: 'schema_migrations', values: [row], format: 'JSONEachRow' });
}
