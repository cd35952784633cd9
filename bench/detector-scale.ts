// One detector process and two, over the same two partitions of a real Kafka: decisions judged per second while all are busy.
//   node --conditions=belay-source bench/detector-scale.ts [--decisions 400000] [--agents 2000] [--rounds 3] [--out FILE]
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { startKafka } from '@belay/testkit';
import { fleetMessages } from './detector/fleet-messages.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    decisions: { type: 'string', default: '400000' },
    agents: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string', default: join(root, 'bench/results/detector-scale.json') },
  },
});
const DECISIONS = Number(options.decisions);
const CHUNK = 20_000;
/** Joining a group on a busy machine takes seconds; longer than this is a fault to be shown, not waited for. */
const STALL_MS = 120_000;

interface Sample {
  readonly atMs: number;
  readonly lines: number;
  readonly cpuUs: number;
}

const kafka = await startKafka();
try {
  await publishFleet();
  const rounds: { processes: number; perSecond: number; perCpuSecond: number }[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const processes of [1, 2]) {
      const measured = await measure(processes, `bench-${round}-${processes}`);
      rounds.push({ processes, ...measured });
      process.stdout.write(
        `  ${processes} process${processes > 1 ? 'es' : ''}: ${measured.perSecond} decisions/s, ${measured.perCpuSecond} per CPU-second\n`,
      );
    }
  }
  report(rounds);
} finally {
  await kafka.close();
}

async function publishFleet(): Promise<void> {
  const bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'bench', partitions: 2, clock: systemClock });
  await bus.ensureTopics();
  for (let from = 0; from < DECISIONS; from += CHUNK) {
    const messages = fleetMessages(Number(options.agents), from, CHUNK);
    // The broker deletes what is older than the topic keeps, and the fleet's own times are long ago.
    const timestampUs = systemClock.nowUs();
    await bus.publisher.publish(messages.map(({ topic, key, value, headers }) => ({ topic, key, value, headers, timestampUs })));
  }
  await bus.close();
}

/** Steady state: from when every process has judged something until the first has judged nearly all of its share. */
async function measure(processes: number, group: string): Promise<{ perSecond: number; perCpuSecond: number }> {
  const samples: Sample[][] = Array.from({ length: processes }, () => []);
  const children = samples.map((own) => startChild(group, own));
  const isDone = (): boolean => samples.reduce((sum, own) => sum + (own.at(-1)?.lines ?? 0), 0) >= DECISIONS;
  const beganMs = Date.now();
  while (!isDone()) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const newestMs = Math.max(beganMs, ...samples.map(lastProgressMs));
    const hasEnded = children.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (!hasEnded && Date.now() - newestMs < STALL_MS) continue;
    for (const child of children) child.kill('SIGKILL');
    const judged = samples.map((own) => own.at(-1)?.lines ?? 0).join(' and ');
    throw new Error(
      `${hasEnded ? 'A process ended' : `No progress in ${STALL_MS / 1000} s`}: ${judged} of ${DECISIONS} decisions were judged.`,
    );
  }
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => once(child, 'exit')));
  const busy = samples.map((own) => own.filter(({ lines }) => lines > 0 && lines < 0.95 * (own.at(-1)?.lines ?? 0)));
  const fromMs = Math.max(...busy.map((own) => own[0]?.atMs ?? 0));
  const toMs = Math.min(...busy.map((own) => own.at(-1)?.atMs ?? 0));
  const windows = busy.map((own) => own.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs));
  const over = (what: 'lines' | 'cpuUs' | 'atMs'): number[] => windows.map((own) => (own.at(-1)?.[what] ?? 0) - (own[0]?.[what] ?? 0));
  const rates = over('lines').map((lines, i) => (1000 * lines) / (over('atMs')[i] ?? 1));
  const lines = over('lines').reduce((a, b) => a + b, 0);
  const cpuUs = over('cpuUs').reduce((a, b) => a + b, 0);
  return { perSecond: Math.round(rates.reduce((a, b) => a + b, 0)), perCpuSecond: Math.round((1e6 * lines) / cpuUs) };
}

/** When a process judged something last. */
function lastProgressMs(own: readonly Sample[]): number {
  const lines = own.at(-1)?.lines ?? 0;
  return lines === 0 ? 0 : (own.find((sample) => sample.lines === lines)?.atMs ?? 0);
}

function startChild(group: string, samples: Sample[]): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--conditions=belay-source', join(import.meta.dirname, 'detector/scale-child.ts'), kafka.bootstrap, group],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  createInterface({ input: child.stdout }).on('line', (line) => samples.push(JSON.parse(line) as Sample));
  return child;
}

function report(rounds: readonly { processes: number; perSecond: number; perCpuSecond: number }[]): void {
  const median = (processes: number): number => {
    const sorted = rounds
      .filter((one) => one.processes === processes)
      .map(({ perSecond }) => perSecond)
      .toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const result = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    what: 'decisions judged per second by whole detector processes on two partitions of a real Kafka, checkpoints included; broker on the same cores',
    decisions: DECISIONS,
    rounds,
    medianPerSecond: { one: median(1), two: median(2) },
    scale: Number((median(2) / median(1)).toFixed(2)),
  };
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`two processes judge ${result.scale} times as much as one → ${options.out}\n`);
}
