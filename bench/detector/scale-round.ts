import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CpuGroup, createCpuGroup } from './cpu-group.ts';

/** V8 flags of the image (Dockerfile). */
const IMAGE_FLAGS = [
  '--single-threaded-gc',
  '--max-semi-space-size=128',
  '--min-semi-space-size=128',
  '--external-memory-accounted-in-global-limit',
];
/** Joining a group on a busy machine takes seconds; longer than this is a fault to be shown, not waited for. */
const STALL_MS = 120_000;
/** Each process has warmed up after so large a part of all decisions: two warm up twice, and judge half of them each. */
const WARM = 0.15;

interface Sample {
  readonly atMs: number;
  readonly lines: number;
  readonly cpuUs: number;
}

export interface ScaleRound {
  readonly bootstrap: string;
  readonly group: string;
  readonly processes: number;
  readonly decisions: number;
  /** Of a core, for each process; undefined = as much as it gets. */
  readonly percentOfCore: number | undefined;
}

export interface ScaleResult {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Has detector processes judge all decisions of the log. Measured is the steady state: from when every process is warm until the first nears its end. */
export async function measureRound(round: ScaleRound): Promise<ScaleResult> {
  const samples: Sample[][] = Array.from({ length: round.processes }, () => []);
  const started = samples.map((own, index) => startChild(round, index, own));
  const children = started.map(({ child }) => child);
  try {
    await untilJudged(round, children, samples);
  } catch (error) {
    for (const child of children) child.kill('SIGKILL');
    throw error;
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => (child.exitCode ?? child.signalCode) === null && once(child, 'exit')));
    for (const { limit } of started) limit?.remove();
  }
  return steadyState(samples, WARM * round.decisions);
}

function startChild(
  { bootstrap, group, percentOfCore }: ScaleRound,
  index: number,
  samples: Sample[],
): { child: ChildProcess; limit: CpuGroup | undefined } {
  const child = spawn(
    process.execPath,
    [...IMAGE_FLAGS, '--conditions=belay-source', join(import.meta.dirname, 'scale-child.ts'), bootstrap, group],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  createInterface({ input: child.stdout }).on('line', (line) => samples.push(JSON.parse(line) as Sample));
  const limit = createCpuGroup(`belay-bench-${process.pid}-${index}`, percentOfCore);
  if (child.pid !== undefined) limit?.join(child.pid);
  return { child, limit };
}

async function untilJudged({ decisions }: ScaleRound, children: readonly ChildProcess[], samples: readonly Sample[][]): Promise<void> {
  const judged = (): number[] => samples.map((own) => own.at(-1)?.lines ?? 0);
  const beganMs = Date.now();
  while (judged().reduce((sum, lines) => sum + lines, 0) < decisions) {
    await sleep(100);
    const newestMs = Math.max(beganMs, ...samples.map(lastProgressMs));
    const hasEnded = children.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (!hasEnded && Date.now() - newestMs < STALL_MS) continue;
    const what = hasEnded ? 'A process ended' : `No progress in ${STALL_MS / 1000} s`;
    throw new Error(`${what}: ${judged().join(' and ')} of ${decisions} decisions were judged.`);
  }
}

/** When a process judged something last. */
function lastProgressMs(own: readonly Sample[]): number {
  const lines = own.at(-1)?.lines ?? 0;
  return lines === 0 ? 0 : (own.find((sample) => sample.lines === lines)?.atMs ?? 0);
}

function steadyState(samples: readonly Sample[][], warmLines: number): ScaleResult {
  const busy = samples.map((own) => own.filter(({ lines }) => lines >= warmLines && lines < 0.95 * (own.at(-1)?.lines ?? 0)));
  const fromMs = Math.max(...busy.map((own) => own[0]?.atMs ?? 0));
  const toMs = Math.min(...busy.map((own) => own.at(-1)?.atMs ?? 0));
  const windows = busy.map((own) => own.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs));
  const over = (what: keyof Sample): number[] => windows.map((own) => (own.at(-1)?.[what] ?? 0) - (own[0]?.[what] ?? 0));
  const lines = over('lines');
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const elapsedMs = over('atMs');
  return {
    perSecond: Math.round(sum(lines.map((count, i) => (1000 * count) / (elapsedMs[i] ?? 1)))),
    perCpuSecond: Math.round((1e6 * sum(lines)) / sum(over('cpuUs'))),
  };
}
