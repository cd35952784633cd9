import { type Bus, createEmbeddedBus, packLines } from '@belay/bus';
import { type Anomaly, agentKey, type Clock, decodeAnomaly, encodeEvent, systemClock, TOPICS } from '@belay/protocol';
import { decision, MANUAL_CLOCK_START_US } from '@belay/testkit';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { defaultDetectorConfig } from './config.ts';
import { createDetector } from './service.ts';
import { collectAnomalies, until } from './testing/collect-anomalies.test-support.ts';

const logger = pino({ level: 'silent' });
/** Wall clock of the recorded decisions, so that none is stale. */
const clock: Clock = { nowUs: () => MANUAL_CLOCK_START_US + 20_000_000, monotonicUs: systemClock.monotonicUs };
const opened: Bus[] = [];
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
});

async function openBus(): Promise<Bus> {
  const bus = await createEmbeddedBus({ path: ':memory:', clock });
  opened.push(bus);
  await bus.ensureTopics();
  return bus;
}

const loopOf = (agentId: string, count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, i) =>
    encodeEvent(decision({ n: from + i, agentId, call: { digest: 'sha256:same' }, outcome: { resultDigest: 'sha256:same' } })),
  );

const publish = (bus: Bus, agentId: string, lines: readonly string[]) =>
  bus.publisher.publish(packLines({ topic: TOPICS.decisions, key: agentKey('acme', agentId), lines, timestampUs: clock.nowUs() }));

test('four identical calls on the log become one hint and one pause of the session', async () => {
  const bus = await openBus();
  const detector = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  await publish(bus, 'agent-1', loopOf('agent-1', 4));
  const found = await collectAnomalies(bus, 2);
  expect(found.map(({ rule, severity, response, sessionId }) => ({ rule, severity, response, sessionId }))).toEqual([
    { rule: 'L1', severity: 'info', response: 'notify', sessionId: 'session-1' },
    { rule: 'L1', severity: 'warning', response: 'pause', sessionId: 'session-1' },
  ]);
  expect(detector.status().partitions.length).toBe(await bus.partitions(TOPICS.decisions));
  expect(await detector.metrics()).toContain('belay_detector_lines_total{topic="belay.decisions.v1"} 4\n');
  await detector.stop();
});

test('a detector that stops and another that starts go on with the same streak', async () => {
  const bus = await openBus();
  const first = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  await publish(bus, 'agent-1', loopOf('agent-1', 3));
  await collectAnomalies(bus, 1);
  await first.stop();
  const second = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  await publish(bus, 'agent-1', loopOf('agent-1', 1, 4));
  const found = await collectAnomalies(bus, 2);
  expect(found.at(-1)).toMatchObject({ severity: 'warning', evidence: { facts: { repeats: 4 } } });
  await second.stop();
});

test('a malformed line goes to the dead letters with its bytes, and its neighbours are judged', async () => {
  const bus = await openBus();
  const detector = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  await publish(bus, 'agent-1', [...loopOf('agent-1', 3), '{"v":1,"broken', ...loopOf('agent-1', 1, 4)]);
  const letters: { value: string; reason: string | undefined }[] = [];
  const reader = await bus.consume({
    group: 'letters',
    topics: [TOPICS.deadLetter],
    startFrom: 'earliest',
    handler: {
      onBatch: async ({ messages }) =>
        void letters.push(...messages.map((m) => ({ value: Buffer.from(m.value ?? []).toString(), reason: m.headers['belay-reason'] }))),
    },
  });
  const found: Anomaly[] = await collectAnomalies(bus, 2);
  await until(() => letters.length === 1);
  expect(found.at(-1)?.severity).toBe('warning');
  expect(letters).toEqual([{ value: '{"v":1,"broken', reason: 'no JSON' }]);
  await reader.stop();
  await detector.stop();
});

test('a log full of poison stops the detector, which says why', async () => {
  const bus = await openBus();
  const detector = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  const stopped = detector.stopped.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  await publish(
    bus,
    'agent-1',
    Array.from({ length: 200 }, () => 'poison'),
  );
  expect(await stopped).toMatch(/malformed/);
  await detector.stop();
});

test('anomalies on the log are readable by the published schema', async () => {
  const bus = await openBus();
  const detector = await createDetector(defaultDetectorConfig(), { bus, clock, logger });
  await publish(bus, 'agent-1', loopOf('agent-1', 4));
  const [one] = await collectAnomalies(bus, 1);
  expect(decodeAnomaly(JSON.stringify(one))).toHaveProperty('value.detector', 'loop');
  await detector.stop();
});
