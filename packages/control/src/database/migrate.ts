import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { BelayError } from '@belay/protocol';

/** The folder is a sibling of both `src` and `dist`, so this finds it from either. */
const MIGRATIONS = new URL('../../src/database/migrations/', import.meta.url);

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, hex. */
  readonly checksum: string;
}

/** One transaction on one connection, already holding the migration lock. */
export interface MigrationSession {
  script(sql: string): Promise<void>;
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The migrations shipped with this package, in order. */
export async function loadMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, MIGRATIONS), 'utf8');
      return { version: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Applies what is missing.
 * @throws BelayError `bad_configuration` when an applied migration was edited, or the database is newer than this program.
 */
export async function applyMigrations(session: MigrationSession, migrations: readonly Migration[]): Promise<void> {
  await session.script(
    'create table if not exists schema_migrations (version integer primary key, name text not null, checksum text not null)',
  );
  const { rows } = await session.query('select version, checksum from schema_migrations order by version');
  const applied = new Map((rows as { version: number; checksum: string }[]).map((row) => [row.version, row.checksum]));
  refuseUnknown(applied, migrations);
  for (const migration of migrations) {
    if (applied.has(migration.version)) continue;
    await session.script(migration.sql);
    await session.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
  }
}

function refuseUnknown(applied: ReadonlyMap<number, string>, migrations: readonly Migration[]): void {
  for (const [version, checksum] of applied) {
    const known = migrations.find((migration) => migration.version === version);
    if (known === undefined) {
      throw new BelayError(
        'bad_configuration',
        `The database has migration ${version}, which this version of Belay does not know. Start a newer version.`,
      );
    }
    if (known.checksum !== checksum) {
      throw new BelayError(
        'bad_configuration',
        `Migration ${known.name} was edited after it was applied. Restore its text and add a new migration instead.`,
      );
    }
  }
}
