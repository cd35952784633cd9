import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '@belay/protocol';

/** A server under load, pinned to one core. */
export interface Target {
  readonly url: string;
  readonly pid: number;
  readonly token?: string;
  stop(): Promise<void>;
}

/** Those of the image: a young generation that outlasts a request, and no full collection for buffers outside of the heap alone. */
const V8_FLAGS = [
  '--single-threaded-gc',
  '--max-semi-space-size=128',
  '--min-semi-space-size=128',
  '--external-memory-accounted-in-global-limit',
];
const NODE_FLAGS = ['--conditions=belay-source', ...V8_FLAGS];

/** Our collector. @param log `embedded`, or the bootstrap address of a Kafka. */
export async function startCollectorTarget(log: string, cpu: number): Promise<Target> {
  const child = spawn('taskset', ['-c', String(cpu), process.execPath, ...NODE_FLAGS, join(import.meta.dirname, 'child.ts'), log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { ...(JSON.parse(line) as { url: string; token: string }), ...lifeOf(child) };
}

/** The OpenTelemetry Collector, built with an otlp receiver and a kafka exporter; answers after the broker's acknowledgement. */
export async function startOtelTarget(binary: string, config: string, bootstrap: string, cpu: number, encoding: string): Promise<Target> {
  const port = await freePort();
  const environment = {
    OTLP_ENDPOINT: `127.0.0.1:${port}`,
    EXPORTER: 'kafka',
    KAFKA_BROKERS: bootstrap,
    // The broker makes no topics by itself; this one is there since our own collector has run.
    KAFKA_TOPIC: TOPICS.decisions,
    KAFKA_ENCODING: encoding,
    KAFKA_COMPRESSION: 'lz4',
    GOMAXPROCS: '1',
  };
  const child = spawn('taskset', ['-c', String(cpu), binary, '--config', config], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
  const target = { url: `http://127.0.0.1:${port}`, ...lifeOf(child) };
  for (let tries = 0; tries < 100 && !(await answers(target.url)); tries += 1) await sleep(100);
  return target;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

function lifeOf(child: ChildProcess): { pid: number; stop(): Promise<void> } {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} did not start`);
  return {
    pid: child.pid,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
