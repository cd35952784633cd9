import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const START_DEADLINE_MS = 240_000;

/** A real PostgreSQL server in a temporary folder, on a free port of 127.0.0.1. */
export interface PostgresServer {
  /** A new, empty database on it. */
  createDatabase(): Promise<string>;
  /** kill -9 of the server, as a power cut would; `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes the folder. */
  stop(): Promise<void>;
}

interface Identity {
  uid: number;
  gid: number;
}

/**
 * Starts a server of the newest PostgreSQL installed.
 * @param options.fsync true keeps what a crash of the machine would lose; false (default) is faster.
 * @throws Error when PostgreSQL is not installed.
 */
export async function startPostgres(options: { fsync?: boolean } = {}): Promise<PostgresServer> {
  const bin = await newestBinaries();
  const identity = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'belay-postgres-'));
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
  await chmod(folder, 0o700);
  await run(join(bin, 'initdb'), ['-D', folder, '-U', 'belay', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    cwd: folder,
    ...identity,
  });
  const port = await freePort();
  const url = (database: string): string => `postgres://belay@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = await launch({ bin, folder, port, identity, fsync: options.fsync ?? false }, url('postgres'));
  };
  await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    createDatabase: () => createDatabase(url),
    kill: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/**
 * A new, empty database: on the server of `BELAY_TEST_POSTGRES` (a URL) when that is set, else on a server of its own.
 */
export async function openTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const shared = process.env.BELAY_TEST_POSTGRES;
  if (shared !== undefined && shared !== '') {
    const url = (database: string): string => Object.assign(new URL(shared), { pathname: `/${database}` }).href;
    return { url: await createDatabase(url, shared), stop: async () => undefined };
  }
  const server = await startPostgres();
  return { url: await server.createDatabase(), stop: server.stop };
}

async function createDatabase(url: (database: string) => string, admin = url('postgres')): Promise<string> {
  const name = `belay_${randomBytes(8).toString('hex')}`;
  const client = new Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return url(name);
}

async function newestBinaries(): Promise<string> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined)
    throw new Error(
      `PostgreSQL is not installed under ${INSTALLED} (Debian: apt-get install postgresql), and BELAY_TEST_POSTGRES is not set.`,
    );
  return join(INSTALLED, newest, 'bin');
}

/** PostgreSQL refuses to run as root: as root, it runs as `postgres`, or as `nobody`. */
async function unprivileged(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // The next name may exist.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was given.');
  return address.port;
}

interface Launch {
  bin: string;
  folder: string;
  port: number;
  identity: Identity | undefined;
  fsync: boolean;
}

async function launch(options: Launch, url: string): Promise<ChildProcess> {
  const settings = [
    `fsync=${options.fsync ? 'on' : 'off'}`,
    'unix_socket_directories=',
    'listen_addresses=127.0.0.1',
    'max_connections=60',
    'shared_buffers=32MB',
    'logging_collector=off',
  ];
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const child = spawn(
      join(options.bin, 'postgres'),
      ['-D', options.folder, '-p', String(options.port), ...settings.flatMap((setting) => ['-c', setting])],
      {
        cwd: options.folder,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...options.identity,
      },
    );
    const tail = keepTail(child);
    const orphan = (): void => void child.kill('SIGQUIT');
    process.once('exit', orphan);
    child.once('exit', () => process.removeListener('exit', orphan));
    if (await answers(child, url, deadline)) return child;
    // After a kill -9 the backends of the dead server may still be leaving.
    if (performance.now() > deadline) throw new Error(`PostgreSQL did not start: ${tail()}`);
    await sleep(200);
  }
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-2_000);
  });
  return () => tail;
}

async function answers(child: ChildProcess, url: string, deadline: number): Promise<boolean> {
  while (child.exitCode === null && performance.now() < deadline) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      await client.end();
      return true;
    } catch {
      await client.end().catch(() => undefined);
      await sleep(30);
    }
  }
  return false;
}
