import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** One versioned `.sql` file. */
export interface Migration {
  readonly version: number;
  /** File name without extension. */
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  /** Each MUST be safe to run again: a process may die before the migration is noted. */
  readonly statements: readonly string[];
}

/** Where the files are, from source and from `dist` alike: the package ships both folders. */
const MIGRATIONS_URL = new URL('../src/migrations/', import.meta.url);

/** The migrations of this version, in order. */
export async function loadMigrations(folder: URL = MIGRATIONS_URL): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file)).sort();
  return Promise.all(files.map(async (file) => parseMigration(file, await readFile(new URL(file, folder), 'utf8'))));
}

/** Pure: the migration in a file. Statements end with `;` at the end of a line; `--` lines are comments. */
export const parseMigration = (file: string, sql: string): Migration => ({
  version: Number(file.slice(0, 4)),
  name: file.replace(/\.sql$/, ''),
  checksum: createHash('sha256').update(sql).digest('hex'),
  statements: sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== ''),
});
