// Overhead of an allowed read call, all steps of the guard, no network, beside a bare OpenTelemetry span through the same provider and
// processor. Usage: node --conditions=belay-source bench/guard.ts [--rounds 30] [--calls 2000]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@belay/protocol';
import { SpanKind } from '@opentelemetry/api';
import { createAgent } from '../packages/instrumentation/src/index.ts';
import { ExportQueue } from '../packages/instrumentation/src/span/export-queue.ts';
import type { SpanSender } from '../packages/instrumentation/src/span/otlp-sender.ts';
import { SpanRecorder } from '../packages/instrumentation/src/span/span-recorder.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' }, calls: { type: 'string', default: '2000' } } });
const rounds = Number(values.rounds);
const calls = Number(values.calls);

const sender: SpanSender = { send: () => Promise.resolve({ kind: 'accepted', rejectedSpans: 0, reason: undefined, understood: true }) };
const logger = { warn: () => undefined };
const limits = { exportDelayMs: 50, maxQueuedSpans: 2048, maxQueuedBytes: 8_000_000, exitFlushMs: 1000 };
const queue = new ExportQueue({ sender, clock: systemClock, random: systemRandom, logger, ...limits });
const recorder = new SpanRecorder({ queue, sender, resource: { 'service.name': 'bench' } });
const options = { id: 'bench', token: '', logger, ...limits };
const { token: _none, ...unprotected } = options;
const off = createAgent(unprotected, { sender });
const redacted = createAgent({ ...unprotected, content: 'redacted' }, { sender });
const definition = {
  name: 'get_order',
  effect: 'read',
  run: ({ orderId }: { orderId: string }) => ({ orderId, status: 'shipped', items: 3 }),
} as const;
const [readOff, readRedacted] = [off.tool(definition), redacted.tool(definition)];
const STANDARD = {
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.agent.id': 'bench',
  'gen_ai.tool.name': 'get_order',
  'gen_ai.tool.type': 'function',
  'gen_ai.conversation.id': 'chat-1',
  'gen_ai.tool.call.id': 'call_1',
};

const SUBJECTS: Readonly<Record<string, (i: number) => unknown>> = {
  'function alone': (i) => Promise.resolve(definition.run({ orderId: String(i) })),
  'bare span': () => recorder.start('execute_tool get_order', SpanKind.INTERNAL, {}, undefined).end(),
  'bare span, 6 standard attributes': () => recorder.start('execute_tool get_order', SpanKind.INTERNAL, { ...STANDARD }, undefined).end(),
  'guarded call, content off': (i) => readOff({ orderId: `order-${i}` }),
  'guarded call, content redacted': (i) => readRedacted({ orderId: `order-${i}` }),
};

const cpuNs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
};

// What exporting costs later, off the call's path: describing (digests, features, destinations, redaction …), without serialising.
const LATER = { 'describing at export, content off': off, 'describing at export, content redacted': redacted };
const samples = new Map<string, number[]>([...Object.keys(SUBJECTS), ...Object.keys(LATER)].map((name) => [name, []]));
for (let i = -5; i < rounds; i += 1) {
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    const ns = await cpuNs(async () => {
      for (let call = 0; call < calls; call += 1) await subject(call);
    });
    if (i >= 0) samples.get(name)?.push(ns);
    await queue.forceFlush();
  }
  for (const [name, agent] of Object.entries(LATER)) {
    const ns = await cpuNs(() => agent.flush());
    if (i >= 0) samples.get(name)?.push(ns);
  }
}

const median = (name: string): number => [...(samples.get(name) ?? [])].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
const alone = median('function alone');
const bare = median('bare span') - alone;
const subjects = Object.fromEntries(
  [...samples.keys()].map((name) => {
    const ns = median(name);
    return [name, { cpuNs: Math.round(ns), timesBareSpan: Number(((name in LATER ? ns : ns - alone) / bare).toFixed(2)) }];
  }),
);
for (const [name, { cpuNs: ns, timesBareSpan }] of Object.entries(subjects)) {
  process.stdout.write(`${name.padEnd(40)} ${String(ns).padStart(7)} ns  ${timesBareSpan.toFixed(2).padStart(6)} × bare span\n`);
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const result = {
  at: new Date().toISOString(),
  commit,
  machine: cpus()[0]?.model,
  node: process.version,
  calls,
  rounds,
  floor: 5,
  goal: 3,
  subjects,
};
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
writeFileSync(join(import.meta.dirname, 'results', 'guard.json'), `${JSON.stringify(result, undefined, 2)}\n`);
await Promise.all([off.shutdown(), redacted.shutdown()]);
