// OTLP → collector on one core → acknowledgement of the log: spans per CPU-second of the collector's process, latency, memory.
//   node --conditions=belay-source bench/collector.ts [--log kafka|embedded] [--formats protobuf,json] [--seconds 10] [--connections 8]
//     [--batch 200] [--agents 200] [--baseline OTELCOL_BINARY [--baseline-config FILE]] [--out FILE]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka } from '@belay/testkit';
import { type LoadGenerator, type LoadResult, openLoadGenerator } from './collector/load-generator.ts';
import { startCollectorTarget, startOtelTarget, type Target } from './collector/targets.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    log: { type: 'string', default: 'kafka' },
    formats: { type: 'string', default: 'protobuf,json' },
    seconds: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '8' },
    connections: { type: 'string', default: '8' },
    batch: { type: 'string', default: '200' },
    agents: { type: 'string', default: '200' },
    baseline: { type: 'string' },
    'baseline-config': { type: 'string', default: join(root, '../shared/bench/collector/config-sync.yaml') },
    out: { type: 'string', default: join(root, 'bench/results/collector.json') },
  },
});

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
}

function machine(): object {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
}

/** The measured process has this core to itself; broker and load generator share the others. */
const TARGET_CPU = 0;
const LOAD_CPU = Math.min(1, cpus().length - 1);

interface Row extends LoadResult {
  readonly target: string;
  readonly format: string;
}

const formats = options.formats.split(',') as ('protobuf' | 'json')[];
const generator = await openLoadGenerator();
if (generator === undefined) {
  process.stdout.write('collector bench skipped: no load generator (set BELAY_LOADGEN to a folder with loadgen.mjs)\n');
} else {
  const rows =
    options.log === 'kafka'
      ? await onKafka(generator)
      : await measure('belay', generator, () => startCollectorTarget('embedded', TARGET_CPU));
  await generator.close();
  report(rows);
}

async function onKafka(load: LoadGenerator): Promise<Row[]> {
  // What this process starts keeps to its core, unless it is pinned to another as the target is.
  execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CPU), String(process.pid)]);
  const kafka = await startKafka();
  try {
    const rows = await measure('belay', load, () => startCollectorTarget(kafka.bootstrap, TARGET_CPU));
    if (options.baseline === undefined) return rows;
    const { baseline, 'baseline-config': config } = options;
    for (const encoding of ['otlp_proto', 'otlp_json']) {
      const start = (): Promise<Target> => startOtelTarget(baseline, config, kafka.bootstrap, TARGET_CPU, encoding);
      rows.push(...(await measure(`otelcol → ${encoding}`, load, start)));
    }
    return rows;
  } finally {
    await kafka.close();
  }
}

async function measure(name: string, load: LoadGenerator, start: () => Promise<Target>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const format of formats) {
    const target = await start();
    try {
      const { url, pid, token } = target;
      const result = await load.run({
        ...{ url, pid, format, cpu: LOAD_CPU, ...(token === undefined ? {} : { token }) },
        ...{ seconds: Number(options.seconds), warmupSeconds: Number(options.warmup), connections: Number(options.connections) },
        ...{ batch: Number(options.batch), agents: Number(options.agents) },
      });
      rows.push({ target: name, ...result, format });
    } finally {
      await target.stop();
    }
  }
  return rows;
}

function report(rows: readonly Row[]): void {
  process.stdout.write(`${'target'.padEnd(22)}${'format'.padEnd(10)}spans/CPU-s   spans/s  p50 ms  p99 ms  RSS MiB  status\n`);
  for (const row of rows) {
    const { latencyMs, targetPeakRssMiB } = row;
    const figures = [row.spansPerTargetCpuS, row.spansPerS, latencyMs.p50, latencyMs.p99, targetPeakRssMiB];
    const cells = figures.map((figure, column) => String(figure).padStart([11, 10, 8, 8, 9][column] ?? 9)).join('');
    process.stdout.write(`${row.target.padEnd(22)}${row.format.padEnd(10)}${cells}  ${JSON.stringify(row.status)}\n`);
  }
  const { log, batch, connections, agents, seconds } = options;
  const result = {
    measured: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    load: { log, batch, connections, agents, seconds },
    rows,
  };
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
}
