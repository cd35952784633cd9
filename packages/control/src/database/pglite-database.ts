import { BelayError } from '@belay/protocol';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import type { Database } from './database.ts';
import { applyMigrations, loadMigrations } from './migrate.ts';
import type { Tables } from './tables.ts';

/**
 * PostgreSQL in this process, for one process per folder.
 * @param options.path data folder, made when missing; `memory://` keeps nothing.
 * @throws BelayError `unavailable` when the folder cannot be opened.
 */
export async function createPgliteDatabase(options: { path: string }): Promise<Database> {
  const pglite = await open(options.path);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  const turns = new Map<string, Promise<unknown>>();
  return {
    kind: 'pglite',
    db,
    migrate: async () => {
      const migrations = await loadMigrations();
      await pglite.transaction((tx) =>
        applyMigrations(
          { script: async (sql) => void (await tx.exec(sql)), query: (sql, parameters) => tx.query(sql, parameters) },
          migrations,
        ),
      );
    },
    listen: async () => ({ stop: async () => undefined }),
    exclusively: (name, task) => {
      const turn = (turns.get(name) ?? Promise.resolve()).then(task, task);
      turns.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
    isHealthy: async () => !pglite.closed && pglite.ready,
    close: () => closeQuietly(pglite),
  };
}

async function open(path: string): Promise<PGlite> {
  try {
    return await PGlite.create(path);
  } catch (cause) {
    throw new BelayError('unavailable', `PGlite could not open ${path}. Is another process using the folder, or is it full or read-only?`, {
      cause,
    });
  }
}

async function closeQuietly(pglite: PGlite): Promise<void> {
  if (!pglite.closed) await pglite.close();
}
