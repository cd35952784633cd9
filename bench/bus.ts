/*
 * Rates and delays of the log, embedded and on a real Kafka broker (started here, or BELAY_TEST_KAFKA):
 *   node --conditions=belay-source bench/bus.ts [embedded|kafka]
 * Client and broker share the machine; "per CPU-s" counts the client's CPU time only and is the steadier figure.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createEmbeddedBus, createKafkaBus, linesOf, type OutgoingMessage, packLines } from '@belay/bus';
import { systemClock, TOPICS } from '@belay/protocol';
import { withKafka } from '@belay/testkit';

const AGENTS = 200;
const LINE = JSON.stringify({ v: 1, id: 'f'.repeat(49), tenant: 'acme', filler: 'x'.repeat(600) });
const LINES_PER_MESSAGE = 50;
const PRODUCE_MS = 4_000;
const CALLS_IN_FLIGHT = 8;
const LATENCY_SAMPLES = 400;

interface Row {
  readonly log: string;
  readonly what: string;
  readonly 'lines/s': number;
  readonly 'lines per CPU-s': number;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
}

const keyOf = (index: number): string => `acme/agent-${index % AGENTS}`;
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(2));
}

const single = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    topic: TOPICS.decisions,
    key: keyOf(index),
    value: Buffer.from(LINE),
    timestampUs: systemClock.nowUs(),
  }));

const packed = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) =>
    packLines({ topic: TOPICS.decisions, key: keyOf(index), lines: Array(LINES_PER_MESSAGE).fill(LINE), timestampUs: systemClock.nowUs() }),
  ).flat();

async function produce(bus: Bus, make: () => OutgoingMessage[], linesPerCall: number): Promise<Omit<Row, 'log' | 'what'>> {
  const delays: number[] = [];
  const bodies = Array.from({ length: 4 }, make);
  let lines = 0;
  const started = performance.now();
  const cpu = cpuSeconds();
  const worker = async (): Promise<void> => {
    for (let call = 0; performance.now() - started < PRODUCE_MS; call += 1) {
      const before = performance.now();
      await bus.publisher.publish(bodies[call % bodies.length] ?? []);
      delays.push(performance.now() - before);
      lines += linesPerCall;
    }
  };
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, worker));
  const seconds = (performance.now() - started) / 1000;
  return rates(lines, seconds, cpuSeconds() - cpu, delays);
}

const rates = (lines: number, seconds: number, cpu: number, delays: readonly number[]): Omit<Row, 'log' | 'what'> => ({
  'lines/s': Math.round(lines / seconds),
  'lines per CPU-s': Math.round(lines / cpu),
  'p50 ms': quantile(delays, 0.5),
  'p99 ms': quantile(delays, 0.99),
});

async function consumeAll(bus: Bus): Promise<Omit<Row, 'log' | 'what'>> {
  const total = (await bus.lag('bench', TOPICS.decisions)).reduce((sum, { lag }) => sum + Number(lag), 0);
  const done = Promise.withResolvers<void>();
  let messages = 0;
  let lines = 0;
  const started = performance.now();
  const cpu = cpuSeconds();
  const consumer = await bus.consume({
    group: 'bench',
    topics: [TOPICS.decisions],
    startFrom: 'earliest',
    handler: {
      async onBatch(batch) {
        for (const message of batch.messages) lines += linesOf(message).length;
        messages += batch.messages.length;
        if (messages >= total) done.resolve();
      },
    },
  });
  await done.promise;
  const row = rates(lines, (performance.now() - started) / 1000, cpuSeconds() - cpu, []);
  await consumer.stop();
  return row;
}

async function latency(bus: Bus): Promise<Omit<Row, 'log' | 'what'>> {
  const delays: number[] = [];
  let arrived: () => void = () => undefined;
  const consumer = await bus.consume({
    group: 'latency',
    topics: [TOPICS.anomalies],
    startFrom: 'latest',
    handler: { onBatch: async () => arrived() },
  });
  for (let sample = -50; sample < LATENCY_SAMPLES; sample += 1) {
    const before = performance.now();
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await bus.publisher.publish([
      { topic: TOPICS.anomalies, key: keyOf(sample + 50), value: Buffer.from(LINE), timestampUs: systemClock.nowUs() },
    ]);
    await arrival;
    if (sample >= 0) delays.push(performance.now() - before);
  }
  await consumer.stop();
  return { 'lines/s': 0, 'lines per CPU-s': 0, 'p50 ms': quantile(delays, 0.5), 'p99 ms': quantile(delays, 0.99) };
}

async function measure(log: string, bus: Bus): Promise<Row[]> {
  await bus.ensureTopics();
  const rows: Row[] = [];
  rows.push({ log, what: 'one message, publish → handler', ...(await latency(bus)) });
  rows.push({ log, what: 'publish, 1 line a message, 200 a call', ...(await produce(bus, () => single(200), 200)) });
  rows.push({
    log,
    what: `publish, ${LINES_PER_MESSAGE} lines a message, 10 a call`,
    ...(await produce(bus, () => packed(10), 10 * LINES_PER_MESSAGE)),
  });
  rows.push({ log, what: 'consume all of it', ...(await consumeAll(bus)) });
  await bus.close();
  return rows;
}

const only = process.argv[2];
const rows: Row[] = [];
if (only !== 'kafka') {
  const folder = await mkdtemp(join(tmpdir(), 'belay-bench-'));
  rows.push(...(await measure('embedded', await createEmbeddedBus({ path: join(folder, 'log.db'), clock: systemClock }))));
  await rm(folder, { recursive: true, force: true });
}
if (only !== 'embedded') {
  const kafka = await withKafka();
  const config = { brokers: [kafka.bootstrap], clientId: 'bench', clock: systemClock, prefix: `bench-${process.pid}.` };
  rows.push(...(await measure('kafka', await createKafkaBus(config))));
  await kafka.stop();
}
console.table(rows);
