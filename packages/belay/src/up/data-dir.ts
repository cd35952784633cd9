import { constants } from 'node:fs';
import { access, chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** Where the all-in-one keeps everything that must survive it. */
export interface DataDir {
  readonly path: string;
  readonly bus: string;
  readonly history: string;
  readonly control: string;
  readonly lock: string;
  readonly log: string;
  readonly signingKey: string;
  readonly platform: string;
  token(name: TokenFile): string;
}

/** Tokens kept in files of mode 600 for the commands run from the same folder, the samples, and the canary. */
export type TokenFile = 'operator' | 'agent' | 'canary';

export function dataDirAt(path: string): DataDir {
  const root = resolve(path);
  return {
    path: root,
    bus: join(root, 'bus.sqlite'),
    history: join(root, 'history'),
    control: join(root, 'control'),
    lock: join(root, 'lock.sqlite'),
    log: join(root, 'logs', 'belay.log'),
    signingKey: join(root, 'signing-key.json'),
    platform: join(root, 'platform.json'),
    token: (name) => join(root, `${name}.token`),
  };
}

/**
 * Makes the folder with mode 700, and refuses one that others can write to: whoever writes the signing key commands every agent.
 * @throws CliError when it cannot be made, is no folder, or is open to others.
 */
export async function prepareDataDir(dir: DataDir): Promise<void> {
  try {
    await makeFolders(join(dir.path, 'logs'));
    const facts = await stat(dir.path);
    if (process.platform !== 'win32' && facts.uid === process.getuid?.()) await chmod(dir.path, 0o700);
    else if (process.platform !== 'win32' && (facts.mode & 0o022) !== 0) throw openToOthers(dir.path);
    for (const path of [dir.path, join(dir.path, 'logs')]) await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.usage, `The data folder ${dir.path} cannot be used: ${messageOf(error)}.`, {
      hint: 'Give a folder that you may write to with --data DIR.',
      cause: error,
    });
  }
}

/** Each missing folder by itself: node's own recursive mkdir never returns below /proc, where making one fails with ENOENT for ever. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path || (await isFolder(dirname(path)))) throw error;
    await makeFolders(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );

const openToOthers = (path: string): CliError =>
  new CliError(EXIT.usage, `The data folder ${path} belongs to somebody else and others can write to it.`, {
    hint: 'It holds the key that commands every agent. Use a folder of your own, or take the rights away: chmod go-w.',
  });

/** Writes a file that only its owner may read, complete or not at all. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}

/** The text of a file; undefined when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new CliError(EXIT.usage, `${path} cannot be read: it belongs to somebody else (${code}).`, {
      hint: 'Run as the user who started the platform, or give a folder of your own with --data DIR.',
      cause: error,
    });
  }
}
