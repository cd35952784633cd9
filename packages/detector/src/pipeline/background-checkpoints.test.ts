import type { CheckpointWriter, LogMessage, Snapshot } from '@belay/bus';
import { agentKey, BelayError, encodeEvent, systemClock, TOPICS } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { createDetectorMetrics } from '../metrics.ts';
import { until } from '../testing/collect-anomalies.test-support.ts';
import { call } from '../testing/streams.test-support.ts';
import { BackgroundCheckpoints } from './background-checkpoints.ts';
import { CheckpointCadence } from './checkpoint-cadence.ts';
import { Pipeline } from './pipeline.ts';
import { processMessage } from './process-message.ts';

const away = new BelayError('unavailable', 'The log is away.', { retryable: true });

/** A writer whose transactions end when the test says so. */
function heldWriter(): CheckpointWriter & {
  readonly begun: { offset: bigint; snapshots: readonly Snapshot[] }[];
  end(error?: Error): void;
} {
  const begun: { offset: bigint; snapshots: readonly Snapshot[] }[] = [];
  let settle: (error?: Error) => void = () => undefined;
  return {
    begun,
    end: (error) => settle(error),
    checkpoint: (snapshots, offset) =>
      new Promise((resolve, reject) => {
        begun.push({ offset, snapshots });
        settle = (error) => (error === undefined ? resolve() : reject(error));
      }),
    close: async () => undefined,
  };
}

function judge(pipeline: Pipeline, n: number, agentId: string): void {
  const value = Buffer.from(encodeEvent(call(n, 'a', `r${n}`, { agentId })));
  const message: LogMessage = {
    topic: TOPICS.decisions,
    partition: 0,
    offset: BigInt(n),
    key: agentKey('acme', agentId),
    value,
    headers: {},
    timestampUs: 0,
  };
  processMessage(message, pipeline, 0);
}

const setUp = () => {
  const writer = heldWriter();
  return {
    writer,
    pipeline: new Pipeline(defaultDetectorConfig()),
    checkpoints: new BackgroundCheckpoints(writer, {
      clock: systemClock,
      metrics: createDetectorMetrics(),
      cadence: new CheckpointCadence(defaultDetectorConfig()),
    }),
  };
};
const restoredFrom = (snapshots: readonly Snapshot[]): Pipeline => {
  const pipeline = new Pipeline(defaultDetectorConfig());
  pipeline.restore(new Map(snapshots.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))));
  return pipeline;
};
const knows = (pipeline: Pipeline, n: number, agentId: string): boolean => {
  const before = pipeline.counts.duplicates;
  judge(pipeline, n, agentId);
  return pipeline.counts.duplicates > before;
};

test('what is judged while agents are packed is not in the checkpoint, for any of a hundred agents', async () => {
  const { writer, pipeline, checkpoints } = setUp();
  const agents = Array.from({ length: 100 }, (_, i) => `agent-${i}`);
  for (const [i, agent] of agents.entries()) judge(pipeline, i + 1, agent);
  checkpoints.begin(pipeline.cut(), 101n, () => undefined);
  for (const [i, agent] of agents.entries()) judge(pipeline, i + 101, agent);
  await until(() => writer.begun.length === 1);
  const restored = restoredFrom(writer.begun[0]?.snapshots ?? []);
  for (const [i, agent] of agents.entries()) {
    expect([knows(restored, i + 1, agent), knows(restored, i + 101, agent)]).toEqual([true, false]);
  }
});

test('a checkpoint that fails is contained in the next one, with what came meanwhile', async () => {
  const { writer, pipeline, checkpoints } = setUp();
  let failures = 0;
  judge(pipeline, 1, 'agent-1');
  checkpoints.begin(pipeline.cut(), 2n, () => failures++);
  judge(pipeline, 2, 'agent-2');
  await until(() => writer.begun.length === 1);
  writer.end(away);
  await checkpoints.idle();
  expect(() => checkpoints.report()).toThrow('away');
  expect(() => checkpoints.report()).not.toThrow();
  expect(() => checkpoints.assertUsable()).not.toThrow();
  checkpoints.begin(pipeline.cut(), 3n, () => failures++);
  await until(() => writer.begun.length === 2);
  const keys = writer.begun[1]?.snapshots.map(({ key }) => key).sort();
  expect([failures, keys]).toEqual([1, ['#partition', agentKey('acme', 'agent-1'), agentKey('acme', 'agent-2')]]);
});

test('none is due while one is on its way, however long that takes, nor at once after it', async () => {
  const writer = heldWriter();
  const clock = createManualClock();
  const cadence = new CheckpointCadence({ checkpointSeconds: 5, checkpointRecords: 10 });
  const checkpoints = new BackgroundCheckpoints(writer, { clock, metrics: createDetectorMetrics(), cadence });
  clock.advance(5_000_000);
  expect(checkpoints.isDue(10)).toBe(true);
  checkpoints.begin(new Pipeline(defaultDetectorConfig()).cut(), 1n, () => undefined);
  await until(() => writer.begun.length === 1);
  clock.advance(60_000_000);
  expect(checkpoints.isDue(1e9)).toBe(false);
  writer.end();
  await checkpoints.idle();
  expect(checkpoints.isDue(1e9)).toBe(false);
  clock.advance(30_000_000);
  expect(checkpoints.isDue(1)).toBe(true);
});

test('a failure for good is told at once and each time; being fenced is no failure', async () => {
  const { writer, pipeline, checkpoints } = setUp();
  checkpoints.begin(pipeline.cut(), 1n, () => undefined);
  await until(() => writer.begun.length === 1);
  writer.end(new BelayError('corrupt', 'The log is damaged.'));
  await checkpoints.idle();
  for (let i = 0; i < 2; i++) expect(() => checkpoints.assertUsable()).toThrow('damaged');
  const other = setUp();
  other.checkpoints.begin(other.pipeline.cut(), 1n, () => undefined);
  await until(() => other.writer.begun.length === 1);
  other.writer.end(new BelayError('fenced', 'Another member.'));
  await other.checkpoints.idle();
  expect(other.checkpoints.isFenced).toBe(true);
  expect(() => other.checkpoints.assertUsable()).not.toThrow();
});
