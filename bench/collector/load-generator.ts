import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** What the load generator saw of a target, and what the target cost. */
export interface LoadResult {
  readonly spansPerS: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly status: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly bytesPerSpan: number;
  readonly generatorCpu: number;
  readonly targetCpu: number;
  readonly targetPeakRssMiB: number;
  readonly spansPerTargetCpuS: number;
}

export interface Load {
  readonly url: string;
  readonly format: 'protobuf' | 'json';
  readonly pid: number;
  readonly token?: string;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly connections: number;
  readonly batch: number;
  readonly agents: number;
  /** CPU that the generator is pinned to. */
  readonly cpu: number;
}

export interface LoadGenerator {
  run(load: Load): Promise<LoadResult>;
  close(): Promise<void>;
}

/** The OTLP load generator of BELAY_LOADGEN (a folder), by default ../shared/bench/loadgen; undefined where there is none. */
export async function openLoadGenerator(): Promise<LoadGenerator | undefined> {
  const source = process.env.BELAY_LOADGEN ?? join(root, '../shared/bench/loadgen');
  if (!existsSync(join(source, 'loadgen.mjs'))) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'belay-loadgen-'));
  await cp(source, join(folder, 'loadgen'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    async run(load) {
      const { stdout } = await run('taskset', [
        '-c',
        String(load.cpu),
        process.execPath,
        join(folder, 'loadgen/loadgen.mjs'),
        ...argumentsOf(load),
      ]);
      return JSON.parse(stdout) as LoadResult;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const argumentsOf = (load: Load): string[] => [
  ...['--url', `${load.url}/v1/traces`, '--format', load.format, '--pid', String(load.pid), '--json'],
  ...['--seconds', String(load.seconds), '--warmup', String(load.warmupSeconds), '--connections', String(load.connections)],
  ...['--batch', String(load.batch), '--agents', String(load.agents)],
  ...(load.token === undefined ? [] : ['--header', `authorization: Bearer ${load.token}`]),
];
