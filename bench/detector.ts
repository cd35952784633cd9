// Lines of the log → decoded → pipeline → every detector: decisions per second of one core, memory per agent, cost over history.
//   node --conditions=belay-source bench/detector.ts [--agents 10000] [--decisions 600000] [--out FILE]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type LogMessage, linesOf, packLines } from '@belay/bus';
import { type Backtest, createBacktest, defaultDetectorConfig } from '@belay/detector';
import { agentKey, type DecisionEvent, decodeLine, encodeEvent, TOPICS } from '@belay/protocol';
import { createSeededRandom, decision, MANUAL_CLOCK_START_US } from '@belay/testkit';

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
const LINES_PER_MESSAGE = 20;
/** Messages made ahead of each measured slice, so that making them is not measured. */
const SLICES = 6;

const random = createSeededRandom(1);

/** A decision as the collector writes it: about 1 kB, tools and model calls of a healthy fleet, one in fifty a repeat. */
function event(n: number, agent: number, seq: number): DecisionEvent {
  const id = n.toString(16).padStart(16, '0');
  const isModel = n % 3 === 0;
  const same = random.next() < 0.02;
  return decision({
    id: `${id}${id}:${id}`,
    agentId: `agent-${agent}`,
    runId: `0197f000-0000-7000-8000-${String(agent).padStart(12, '0')}`,
    sessionId: `session-${agent}-${Math.floor(n / AGENTS / 40)}`,
    seq,
    startUs: MANUAL_CLOCK_START_US + Math.floor(n / AGENTS) * 5_000_000 + random.integer(0, 4_000_000),
    kind: isModel ? 'model' : 'tool',
    costNanoUsd: isModel ? random.integer(1, 9) * 1_000_000 : 0,
    intent: 'Look for the order that the customer asked about, then tell the customer when it will arrive.',
    usage: { inputTokens: random.integer(100, 9000), outputTokens: random.integer(10, 900) },
    call: {
      name: `tool_${random.integer(1, 12)}`,
      digest: `sha256:${same ? '0'.repeat(64) : id.repeat(4)}`,
      destinations: ['https://api.shop.example/orders/{id}', 'host:api.shop.example'],
      features: [
        { role: 'order', kind: 'id', hash: id, length: 12 },
        { role: 'fields.0', kind: 'text', hash: id, length: 20 },
      ],
      argumentsPreview: '{"order":"A-1042","fields":["status","eta"]}',
    },
    outcome: {
      status: 'ok',
      resultDigest: `sha256:${same ? '1'.repeat(64) : id.repeat(4)}`,
      resultBytes: 412,
      resultPreview: '{"status":"shipped","eta":"2026-01-09"}',
    },
  });
}

function messages(from: number, count: number): LogMessage[] {
  const made: LogMessage[] = [];
  for (let at = from; at < from + count; at += LINES_PER_MESSAGE) {
    const agent = Math.floor(at / LINES_PER_MESSAGE) % AGENTS;
    const firstSeq = Math.floor(at / LINES_PER_MESSAGE / AGENTS) * LINES_PER_MESSAGE;
    const lines = Array.from({ length: LINES_PER_MESSAGE }, (_, i) => encodeEvent(event(at + i, agent, firstSeq + i)));
    for (const { value, key, headers } of packLines({
      topic: TOPICS.decisions,
      key: agentKey('acme', `agent-${agent}`),
      lines,
      timestampUs: 0,
    })) {
      made.push({ topic: TOPICS.decisions, partition: 0, offset: BigInt(at), key, value, headers: headers ?? {}, timestampUs: 0 });
    }
  }
  return made;
}

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

const heapMb = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20 + process.memoryUsage().external / 2 ** 20;
};

const backtest = createBacktest({ ...defaultDetectorConfig(), hotAgents: AGENTS });
const beforeMb = heapMb();
const slices: { decisions: number; perSecond: number }[] = [];
let malformed = 0;
function measureSlice(slice: number): void {
  const count = Math.floor(DECISIONS / SLICES / LINES_PER_MESSAGE) * LINES_PER_MESSAGE;
  const batch = messages(slice * count, count);
  const cpu = process.cpuUsage();
  malformed += judge(backtest, batch);
  const { user, system } = process.cpuUsage(cpu);
  slices.push({ decisions: count, perSecond: Math.round((count / (user + system)) * 1e6) });
  process.stdout.write(`  slice ${slice + 1}: ${slices.at(-1)?.perSecond} decisions per CPU-second\n`);
}
for (let slice = 0; slice < SLICES; slice++) measureSlice(slice);
const afterMb = heapMb();
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
