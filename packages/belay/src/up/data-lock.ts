import { DatabaseSync } from 'node:sqlite';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { DataDir } from './data-dir.ts';

/**
 * Keeps a second process out of the data folder, whose engines allow one each. The lock is the operating system's on a file, so it ends
 * with the process, also on kill -9: no stale lock files.
 * @throws CliError when another process holds it.
 */
export function lockDataDir(dir: DataDir): { release(): void } {
  const database = new DatabaseSync(dir.lock);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new CliError(EXIT.failure, `Another Belay is running on the data folder ${dir.path}.`, {
      hint: 'Stop it first ("belay status" says where it is), or use another folder with --data DIR and other ports.',
      cause,
    });
  }
  return { release: () => database.close() };
}
