// Lines of the log → decoded → pipeline → every detector: decisions per second of one core, memory per agent, cost over history.
//   node --conditions=belay-source bench/detector.ts [--agents 10000] [--decisions 600000] [--out FILE]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type LogMessage, linesOf } from '@belay/bus';
import { type Backtest, createBacktest, defaultDetectorConfig } from '@belay/detector';
import { decodeLine } from '@belay/protocol';
import { fleetMessages, LINES_PER_MESSAGE } from './detector/fleet-messages.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    agents: { type: 'string', default: '10000' },
    decisions: { type: 'string', default: '600000' },
    out: { type: 'string', default: join(root, 'bench/results/detector.json') },
  },
});
const AGENTS = Number(options.agents);
const DECISIONS = Number(options.decisions);
/** Messages made ahead of each measured slice, so that making them is not measured. */
const SLICES = 6;

function judge(backtest: Backtest, batch: readonly LogMessage[]): number {
  let malformed = 0;
  for (const message of batch) {
    for (const { text } of linesOf(message)) {
      const decoded = decodeLine(text);
      if ('event' in decoded) backtest.push(decoded.event);
      else malformed++;
    }
  }
  return malformed;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** After a pause: the buffers of messages judged are given back only after the collection that found them unused. */
const heapMb = async (): Promise<number> => {
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 500));
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20 + process.memoryUsage().external / 2 ** 20;
};

const backtest = createBacktest({ ...defaultDetectorConfig(), hotAgents: AGENTS });
const beforeMb = await heapMb();
const slices: { decisions: number; perSecond: number }[] = [];
let malformed = 0;
function measureSlice(slice: number): void {
  const count = Math.floor(DECISIONS / SLICES / LINES_PER_MESSAGE) * LINES_PER_MESSAGE;
  const batch = fleetMessages(AGENTS, slice * count, count);
  const cpu = process.cpuUsage();
  malformed += judge(backtest, batch);
  const { user, system } = process.cpuUsage(cpu);
  slices.push({ decisions: count, perSecond: Math.round((count / (user + system)) * 1e6) });
  process.stdout.write(`  slice ${slice + 1}: ${slices.at(-1)?.perSecond} decisions per CPU-second\n`);
}
for (let slice = 0; slice < SLICES; slice++) measureSlice(slice);
const afterMb = await heapMb();
const warm = slices.slice(1);
const result = {
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
  what: 'linesOf + decodeLine + pipeline + every registered detector; CPU-seconds of the whole process, garbage collection included',
  agents: AGENTS,
  decisions: DECISIONS,
  malformed,
  decisionsPerCpuSecond: Math.round(
    warm.reduce((sum, { decisions }) => sum + decisions, 0) /
      warm.reduce((sum, { decisions, perSecond }) => sum + decisions / perSecond, 0),
  ),
  slices,
  kilobytesPerAgent: Number((((afterMb - beforeMb) * 1024) / AGENTS).toFixed(1)),
  summary: backtest.summary(),
};
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(
  `${result.decisionsPerCpuSecond} decisions per CPU-second, ${result.kilobytesPerAgent} kB per agent (${AGENTS} agents) → ${options.out}\n`,
);
