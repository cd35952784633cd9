import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { dataDirAt, readIfPresent } from '../up/data-dir.ts';
import { type PlatformFile, readPlatformFile } from '../up/platform-file.ts';

const DEFAULT_COLLECTOR = 'http://127.0.0.1:4318';
const DEFAULT_CONTROL = 'http://127.0.0.1:4319';
export const DEFAULT_DATA = '.belay';

/** Options of every command that talks to a running platform. */
export interface ConnectionOptions {
  readonly data: string;
  readonly control?: string;
  readonly collector?: string;
  readonly token?: string;
}

/** Where the platform is, and the operator token to use there. */
export interface Connection {
  readonly control: string;
  readonly collector: string;
  readonly token: string | undefined;
  /** What a platform started from this data folder wrote down; undefined when none is running there. */
  readonly platform: PlatformFile | undefined;
}

/** Adds `--data`, `--control`, `--collector` and `--token`. */
export function withConnection(command: Command): Command {
  return command
    .option(
      '--data <dir>',
      'data folder of a platform on this machine: gives its addresses and token',
      process.env.BELAY_DATA ?? DEFAULT_DATA,
    )
    .option('--control <url>', `address of control (BELAY_CONTROL_ENDPOINT, else the data folder's, else ${DEFAULT_CONTROL})`)
    .option('--collector <url>', `address of the collector (BELAY_ENDPOINT, else the data folder's, else ${DEFAULT_COLLECTOR})`)
    .option('--token <file>', "file with the operator token (BELAY_OPERATOR_TOKEN, else the data folder's operator.token)");
}

/** Options win over the environment, the environment over the data folder, the data folder over the defaults. */
export async function resolveConnection(options: ConnectionOptions, env: NodeJS.ProcessEnv = process.env): Promise<Connection> {
  const dir = dataDirAt(options.data);
  const platform = await readPlatformFile(dir);
  return {
    control: trimUrl(options.control ?? env.BELAY_CONTROL_ENDPOINT ?? platform?.controlUrl ?? DEFAULT_CONTROL),
    collector: trimUrl(options.collector ?? env.BELAY_ENDPOINT ?? platform?.collectorUrl ?? DEFAULT_COLLECTOR),
    token: await findToken(options.token, dir.token('operator'), env),
    platform,
  };
}

async function findToken(file: string | undefined, ownFile: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (file !== undefined) {
    const text = await readIfPresent(file);
    if (text === undefined)
      throw new CliError(EXIT.notFound, `There is no token file ${file}.`, { hint: 'Make one: belay token operator > FILE' });
    return text.trim();
  }
  return env.BELAY_OPERATOR_TOKEN?.trim() ?? (await readIfPresent(ownFile))?.trim();
}

function trimUrl(url: string): string {
  if (!/^https?:\/\/[^/]/.test(url)) throw new CliError(EXIT.usage, `${JSON.stringify(url)} is not an address like ${DEFAULT_CONTROL}.`);
  return url.replace(/\/+$/, '');
}
