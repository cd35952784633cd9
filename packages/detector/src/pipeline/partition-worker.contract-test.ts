import { type Bus, createEmbeddedBus, packLines } from '@belay/bus';
import { agentKey, BelayError, encodeEvent, systemClock, TOPICS } from '@belay/protocol';
import { afterEach, expect, test } from 'vitest';
import { type DetectorConfig, parseDetectorConfig } from '../config.ts';
import { createDetectorMetrics } from '../metrics.ts';
import { busWith } from '../testing/bus-with.test-support.ts';
import { collectAnomalies, until } from '../testing/collect-anomalies.test-support.ts';
import { call } from '../testing/streams.test-support.ts';
import { PartitionWorker } from './partition-worker.ts';
import { Pipeline } from './pipeline.ts';

const source = { group: 'g', topic: TOPICS.decisions, partition: 0 } as const;
const buses: Bus[] = [];
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
});

async function openBus(): Promise<Bus> {
  const bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock, partitions: 1 });
  buses.push(bus);
  await bus.ensureTopics();
  return bus;
}

function config(json: object): DetectorConfig {
  const parsed = parseDetectorConfig(json);
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  return parsed.config;
}

const batchOf = (from: number, count: number) => ({
  topic: TOPICS.decisions,
  partition: 0,
  highWatermark: 1_000n,
  messages: Array.from({ length: count }, (_, i) => {
    const [packed] = packLines({
      topic: TOPICS.decisions,
      key: agentKey('acme', 'agent-1'),
      lines: [encodeEvent(call(from + i, 'a', 'r'))],
      timestampUs: 0,
    });
    return {
      topic: TOPICS.decisions,
      partition: 0,
      offset: BigInt(from + i),
      key: agentKey('acme', 'agent-1'),
      value: packed?.value,
      headers: {},
      timestampUs: 0,
    };
  }),
});

const often = config({ checkpointSeconds: 0.000_001 });
/** A log that takes everything but anomalies. */
const awayForAnomalies = (bus: Bus): Bus['publisher'] => ({
  publish: (messages) =>
    messages.some(({ topic }) => topic === TOPICS.anomalies)
      ? Promise.reject(new BelayError('unavailable', 'The log is away.', { retryable: true }))
      : bus.publisher.publish(messages),
});
const seldom = config({ checkpointSeconds: 3_600 });
/** Ticks until the checkpoint that goes on at `nextOffset` is stored. */
const stored = (bus: Bus, worker: PartitionWorker<Pipeline>, nextOffset: bigint) =>
  until(async () => {
    worker.tick();
    return (await bus.readCheckpoints(source)).nextOffset === nextOffset;
  });
const open = (bus: Bus, settings: DetectorConfig) =>
  PartitionWorker.open(source, new Pipeline(settings), settings, { bus, clock: systemClock, metrics: createDetectorMetrics() });

test('a failed publish is tried again with the same anomalies, and nothing is judged twice', async () => {
  const bus = await openBus();
  let failures = 2;
  const publisher = {
    publish: (messages: Parameters<Bus['publisher']['publish']>[0]) =>
      failures-- > 0
        ? Promise.reject(new BelayError('unavailable', 'The log is away.', { retryable: true }))
        : bus.publisher.publish(messages),
  };
  const flaky = busWith(bus, { publisher });
  const worker = await PartitionWorker.open(source, new Pipeline(seldom), seldom, {
    bus: flaky,
    clock: systemClock,
    metrics: createDetectorMetrics(),
  });
  const batch = batchOf(1, 4);
  await expect(worker.process(batch)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(worker.process(batch)).rejects.toMatchObject({ code: 'unavailable' });
  await worker.process(batch);
  const found = await collectAnomalies(bus, 2);
  expect(found.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(['L1 info', 'L1 warning']);
  expect(worker.judge.counts).toMatchObject({ decisions: 4, duplicates: 0 });
  await worker.close();
});

test('no checkpoint contains a message whose anomalies are not published', async () => {
  const bus = await openBus();
  const away = awayForAnomalies(bus);
  const worker = await PartitionWorker.open(source, new Pipeline(often), often, {
    bus: busWith(bus, { publisher: away }),
    clock: systemClock,
    metrics: createDetectorMetrics(),
  });
  await worker.process(batchOf(1, 2));
  await stored(bus, worker, 3n);
  await expect(worker.process(batchOf(3, 2))).rejects.toMatchObject({ code: 'unavailable' });
  await worker.close();
  expect((await bus.readCheckpoints(source)).nextOffset).toBe(3n);
});

test('a tick stores nothing while anomalies wait to be published', async () => {
  const bus = await openBus();
  const away = awayForAnomalies(bus);
  const deps = { bus: busWith(bus, { publisher: away }), clock: systemClock, metrics: createDetectorMetrics() };
  const worker = await PartitionWorker.open(source, new Pipeline(often), often, deps);
  await worker.process(batchOf(1, 2));
  await stored(bus, worker, 3n);
  await expect(worker.process(batchOf(3, 2))).rejects.toMatchObject({ code: 'unavailable' });
  worker.tick();
  expect((await bus.readCheckpoints(source)).nextOffset).toBe(3n);
  await worker.close();
});

test('a log that is away when a partition is handed over costs a replay, not the consumer', async () => {
  const bus = await openBus();
  let closed = 0;
  const openCheckpoints: Bus['openCheckpoints'] = async () => ({
    checkpoint: () => Promise.reject(new BelayError('unavailable', 'The log is away.', { retryable: true })),
    close: async () => void closed++,
  });
  const deps = { bus: busWith(bus, { openCheckpoints }), clock: systemClock, metrics: createDetectorMetrics() };
  const worker = await PartitionWorker.open(source, new Pipeline(seldom), seldom, deps);
  await worker.process(batchOf(1, 2));
  await worker.close();
  expect(closed).toBe(1);
});

test('a restore that fails leaves no writer open', async () => {
  const bus = await openBus();
  let closed = 0;
  const openCheckpoints: Bus['openCheckpoints'] = async () => ({ checkpoint: async () => undefined, close: async () => void closed++ });
  const readCheckpoints = () => Promise.reject(new BelayError('unavailable', 'The log is away.', { retryable: true }));
  const broken = { ...busWith(bus, { openCheckpoints }), readCheckpoints };
  const opening = PartitionWorker.open(source, new Pipeline(seldom), seldom, {
    bus: broken,
    clock: systemClock,
    metrics: createDetectorMetrics(),
  });
  await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
  expect(closed).toBe(1);
});

test('a worker that was fenced stops judging and stores nothing; its successor goes on from the last checkpoint', async () => {
  const bus = await openBus();
  const first = await open(bus, often);
  await first.process(batchOf(1, 2));
  await stored(bus, first, 3n);
  const second = await open(bus, often);
  await first.process(batchOf(3, 1));
  await until(() => first.isFenced);
  await first.process(batchOf(4, 5));
  expect(first.judge.counts.decisions).toBe(3);
  expect([first.isFenced, second.isFenced]).toEqual([true, false]);
  await first.close();
  expect(second.nextOffset).toBe(3n);
  await second.process(batchOf(3, 2));
  const found = await collectAnomalies(bus, 2);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  expect(found.at(-1)).toMatchObject({ rule: 'L1', severity: 'warning' });
  await second.close();
});

test('closing stores what the cadence has not stored yet', async () => {
  const bus = await openBus();
  const worker = await open(bus, seldom);
  await worker.process(batchOf(1, 2));
  expect((await bus.readCheckpoints(source)).nextOffset).toBeUndefined();
  await worker.close();
  const { nextOffset, snapshots } = await bus.readCheckpoints(source);
  expect(nextOffset).toBe(3n);
  expect([...snapshots.keys()].sort()).toEqual(['#partition', agentKey('acme', 'agent-1')]);
});

test('a tick stores the state when it is due, though no further batch comes', async () => {
  const bus = await openBus();
  const worker = await open(bus, seldom);
  await worker.process(batchOf(1, 1));
  worker.tick();
  expect((await bus.readCheckpoints(source)).nextOffset).toBeUndefined();
  const due = await open(bus, config({ checkpointSeconds: 0.05 }));
  await due.process(batchOf(1, 1));
  await stored(bus, due, 2n);
});

test('decisions are judged and answered while a checkpoint hangs; there is one at a time, and the hand-over waits for it', async () => {
  const bus = await openBus();
  const begun: bigint[] = [];
  const held = Promise.withResolvers<void>();
  let isClosed = false;
  const openCheckpoints: Bus['openCheckpoints'] = async () => ({
    checkpoint: (_snapshots, nextOffset) => {
      begun.push(nextOffset);
      return held.promise;
    },
    close: async () => {
      isClosed = true;
    },
  });
  const deps = { bus: busWith(bus, { openCheckpoints }), clock: systemClock, metrics: createDetectorMetrics() };
  const worker = await PartitionWorker.open(source, new Pipeline(often), often, deps);
  await worker.process(batchOf(1, 1));
  await worker.process(batchOf(2, 3));
  expect((await collectAnomalies(bus, 2)).at(-1)).toMatchObject({ rule: 'L1', severity: 'warning' });
  worker.tick();
  const closing = worker.close();
  await until(() => begun.length > 0);
  expect([begun, isClosed]).toEqual([[2n], false]);
  held.resolve();
  await closing;
  expect([begun, isClosed]).toEqual([[2n, 5n], true]);
});
