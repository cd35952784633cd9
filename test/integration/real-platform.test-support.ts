import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTestPostgres, startClickHouse, startKafka } from '@belay/testkit';
import { createClient } from '@clickhouse/client';

const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'packages/belay/src/main.ts');
const START_DEADLINE_MS = 150_000;

/** What a command of the CLI gave back. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `belay up` as a process of its own on real Kafka, PostgreSQL and the ClickHouse engine over HTTP. */
export interface RealPlatform {
  readonly folder: string;
  readonly data: string;
  readonly urls: { readonly collector: string; readonly control: string };
  /** Runs a command of the CLI against this platform. */
  belay(...args: string[]): Promise<CommandResult>;
  /** Rows of a query on the history. */
  rows<T>(sql: string): Promise<T[]>;
  /** Environment for an agent of the sample token. */
  agentEnvironment(): Promise<Record<string, string>>;
  /** kill -9 of the platform process (not of the engines), and a new one on the same state. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

function spawnBelay(args: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawn(process.execPath, ['--conditions=belay-source', cli, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finished(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Runs a command that needs no platform. */
export const runBelay = (...args: string[]): Promise<CommandResult> => finished(spawnBelay(args));

interface Up {
  readonly child: ChildProcess;
  readonly urls: { collector: string; control: string };
}

async function up(data: string, engines: readonly string[]): Promise<Up> {
  const ports = ['--collector-port', '0', '--control-port', '0', '--metrics-port', '0'];
  const child = spawnBelay(['up', '--data', data, ...engines, ...ports, '--no-sample', '--no-canary']);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk));
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const urls = await readUrls(data, child.pid);
    if (urls !== undefined && (await isReady(urls.control)) && (await isReady(urls.collector))) return { child, urls };
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`belay up did not become ready:\n${said}`);
}

async function readUrls(data: string, pid: number | undefined): Promise<Up['urls'] | undefined> {
  try {
    const file = JSON.parse(await readFile(join(data, 'platform.json'), 'utf8'));
    return file.pid === pid ? { collector: file.collectorUrl, control: file.controlUrl } : undefined;
  } catch {
    return undefined;
  }
}

const isReady = async (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Starts all of it: about 15 s. */
export async function startRealPlatform(): Promise<RealPlatform> {
  const [kafka, postgres, clickhouse, folder] = await Promise.all([
    startKafka(),
    openTestPostgres(),
    startClickHouse(),
    mkdtemp(join(tmpdir(), 'belay-real-')),
  ]);
  const data = join(folder, 'data');
  const engines = ['--kafka', kafka.bootstrap, '--clickhouse', `${clickhouse.url}/belay`, '--postgres', postgres.url];
  let running = await up(data, engines);
  const history = createClient({ url: clickhouse.url, database: 'belay' });
  return {
    folder,
    data,
    get urls() {
      return running.urls;
    },
    belay: (...args) => finished(spawnBelay([...args, '--data', data])),
    rows: async <T>(query: string) => (await history.query({ query, format: 'JSONEachRow' })).json<T>(),
    agentEnvironment: async () => ({
      BELAY_ENDPOINT: running.urls.collector,
      BELAY_CONTROL_ENDPOINT: running.urls.control,
      BELAY_TOKEN: (await readFile(join(data, 'agent.token'), 'utf8')).trim(),
    }),
    crash: async () => {
      await end(running.child, 'SIGKILL');
      running = await up(data, engines);
    },
    stop: async () => {
      await end(running.child, 'SIGTERM');
      await history.close();
      await Promise.all([kafka.close(), postgres.stop(), clickhouse.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer pleases, for at most `withinMs`; then gives the last answer, for the assertion to speak of. */
export async function eventually<T>(ask: () => Promise<T>, pleases: (answer: T) => boolean, withinMs = 150_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  let answer = await ask();
  while (!pleases(answer) && performance.now() < deadline) {
    await sleep(200);
    answer = await ask();
  }
  return answer;
}
