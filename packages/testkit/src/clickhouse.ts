import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A ClickHouse engine behind HTTP, in a process of its own. */
export interface ClickHouseHarness {
  readonly url: string;
  /** kill -9. @throws Error when the engine was given by BELAY_TEST_CLICKHOUSE: it is not ours to kill. */
  kill(): Promise<void>;
  /** Starts again on the same port and data after {@link ClickHouseHarness.kill}. */
  restart(): Promise<void>;
  /** Ends the process and removes its data. Idempotent. */
  stop(): Promise<void>;
}

/** Below what a hook of the integration tests may take; a slow machine that stands still now and then needs most of it. */
const START_TIMEOUT_MS = 240_000;

/** Starts an engine in a temporary folder on a free port of 127.0.0.1. */
export async function startClickHouse(): Promise<ClickHouseHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-clickhouse-'));
  let { child, port } = await launch(folder, 0);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    kill: () => kill('SIGKILL'),
    restart: async () => {
      await kill('SIGKILL');
      ({ child, port } = await launch(folder, port));
    },
    stop: async () => {
      await kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The engine that BELAY_TEST_CLICKHOUSE names, else one of its own. Tests take a database of their own on it. */
export async function clickHouseForTests(): Promise<ClickHouseHarness> {
  const url = process.env.BELAY_TEST_CLICKHOUSE;
  if (url === undefined || url === '') return startClickHouse();
  const notOurs = async (): Promise<void> => {
    throw new Error(`The engine at ${url} was given by BELAY_TEST_CLICKHOUSE: it is not ours to kill. Use startClickHouse().`);
  };
  return { url, kill: notOurs, restart: notOurs, stop: async () => undefined };
}

async function launch(folder: string, port: number): Promise<{ child: ChildProcess; port: number }> {
  const script = fileURLToPath(new URL(`./clickhouse-http-main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
  const child = spawn(process.execPath, [script, folder, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ready = once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The ClickHouse process ended with code ${code} before it was ready; its folder is ${folder}.`);
  });
  const [line] = (await Promise.race([ready, ended])) as [string];
  ended.catch(() => undefined);
  return { child, port: (JSON.parse(line) as { port: number }).port };
}
