// State of a large fleet: time and size of a whole snapshot, of taking it in again, and of waking every agent.
//   node --conditions=belay-source bench/detector-state.ts [--agents 100000] [--each 20] [--out FILE]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { linesOf } from '@belay/bus';
import { type Backtest, createBacktest, defaultDetectorConfig } from '@belay/detector';
import { decodeLine } from '@belay/protocol';
import { fleetMessages, LINES_PER_MESSAGE } from './detector/fleet-messages.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    agents: { type: 'string', default: '100000' },
    each: { type: 'string', default: '40' },
    out: { type: 'string', default: join(root, 'bench/results/detector-state.json') },
  },
});
const AGENTS = Number(options.agents);
const DECISIONS = AGENTS * Number(options.each);
const CHUNK = 200_000;

const config = { ...defaultDetectorConfig(), hotAgents: AGENTS };

function feed(backtest: Backtest, from: number, count: number): void {
  for (const message of fleetMessages(AGENTS, from, count)) {
    for (const { text } of linesOf(message)) {
      const decoded = decodeLine(text);
      if ('event' in decoded) backtest.push(decoded.event);
    }
  }
}

function timed<T>(work: () => T): { readonly value: T; readonly seconds: number } {
  const start = performance.now();
  const value = work();
  return { value, seconds: Number(((performance.now() - start) / 1000).toFixed(2)) };
}

const first = createBacktest(config);
for (let from = 0; from < DECISIONS; from += CHUNK) feed(first, from, Math.min(CHUNK, DECISIONS - from));
process.stdout.write(`  ${AGENTS} agents have taken ${DECISIONS} decisions\n`);
const pack = timed(() => first.snapshot());
const bytes = [...pack.value.values()].reduce((sum, { length }) => sum + length, 0);
const second = createBacktest(config);
const restore = timed(() => second.restore(pack.value));
const wakeDecisions = AGENTS * LINES_PER_MESSAGE;
const wake = timed(() => feed(second, DECISIONS, wakeDecisions));
const result = {
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
  what: 'pack every agent at once; load the packed states; then wake each agent by its next decisions (their making and judging included)',
  agents: AGENTS,
  decisionsPerAgent: Number(options.each),
  snapshot: { seconds: pack.seconds, megabytes: Math.round(bytes / 1e6), bytesPerAgent: Math.round(bytes / AGENTS) },
  restore: { seconds: restore.seconds },
  wake: { decisions: wakeDecisions, seconds: wake.seconds, duplicates: second.summary().duplicates, corrupt: second.summary().corrupt },
};
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(
  `  snapshot ${pack.seconds} s, ${result.snapshot.megabytes} MB; restore ${restore.seconds} s; waking all with ${wakeDecisions} decisions ${wake.seconds} s → ${options.out}\n`,
);
