import { DatabaseSync } from 'node:sqlite';
import { BelayError } from '@belay/protocol';
import { SCHEMA } from './schema.ts';

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const errcode = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/** What a failed statement means to a caller of the bus. */
export function sqliteToBelayError(error: unknown, doing: string): BelayError {
  const code = errcode(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new BelayError(
      'corrupt',
      `The log file is damaged (${reason}) while ${doing}. Move it away and start again, or restore a copy.`,
      { cause: error },
    );
  }
  return new BelayError(
    'unavailable',
    `The log could not be written or read (${reason}) while ${doing}. Check the disk; it is safe to try again.`,
    {
      retryable: true,
      retryAfterMs: 500,
      cause: error,
    },
  );
}

/**
 * Opens the file of the embedded log: WAL, a full sync at each commit, locked for this process (the lock ends with the process, however it ends).
 * @throws BelayError `conflict` when another process, or another bus of this one, has the file open; `corrupt`; `unavailable`.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864',
    );
    database.exec('PRAGMA cache_size = -32768; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY');
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    return database;
  } catch (error) {
    database?.close();
    if (errcode(error) === SQLITE_BUSY) {
      throw new BelayError(
        'conflict',
        `The log file ${path} is in use by another process. Stop that one, or give this one a data folder of its own.`,
        { cause: error },
      );
    }
    throw sqliteToBelayError(error, `opening ${path}`);
  }
}
