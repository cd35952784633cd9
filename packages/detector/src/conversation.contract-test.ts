import { type Bus, createEmbeddedBus, packLines } from '@belay/bus';
import {
  agentKey,
  type Clock,
  type ConversationStep,
  type DecisionEvent,
  decodeConversationStep,
  encodeEvent,
  systemClock,
  TOPICS,
} from '@belay/protocol';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { type DetectorConfig, parseDetectorConfig } from './config.ts';
import { createDetector, type DetectorService } from './service.ts';
import { collectAnomalies, until } from './testing/collect-anomalies.test-support.ts';
import { inShort, pingPong } from './testing/trees.test-support.ts';

const logger = pino({ level: 'silent' });
/** What is left to be closed, newest first. */
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

/** Wall clock of the recorded decisions, so that none is stale. */
const clockOf = (events: readonly DecisionEvent[]): Clock => ({
  nowUs: () => events.at(-1)?.receivedUs ?? 0,
  monotonicUs: systemClock.monotonicUs,
});

async function openBus(clock: Clock): Promise<Bus> {
  const bus = await createEmbeddedBus({ path: ':memory:', clock });
  opened.push(bus);
  await bus.ensureTopics();
  return bus;
}

function enforcing(): DetectorConfig {
  const parsed = parseDetectorConfig({ modes: [{ detector: 'conversation_loop', mode: 'enforce' }] });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  return parsed.config;
}

async function startDetector(bus: Bus, clock: Clock): Promise<DetectorService> {
  const detector = await createDetector(enforcing(), { bus, clock, logger });
  opened.push({ close: () => detector.stop() });
  return detector;
}

/** Each once the step of the one before is there: agents are on partitions of their own, and their order is part of the story. */
async function publish(bus: Bus, events: readonly DecisionEvent[], steps: readonly ConversationStep[]): Promise<void> {
  for (const event of events) {
    const key = agentKey(event.tenant, event.agent.id);
    await bus.publisher.publish(packLines({ topic: TOPICS.decisions, key, lines: [encodeEvent(event)], timestampUs: event.receivedUs }));
    if (event.kind === 'agent') await until(() => steps.some(({ id }) => id === event.id));
  }
}

async function readSteps(bus: Bus): Promise<readonly ConversationStep[]> {
  const steps: ConversationStep[] = [];
  const consumer = await bus.consume({
    group: 'read-steps',
    topics: [TOPICS.conversations],
    startFrom: 'earliest',
    handler: {
      onBatch: async ({ messages }) => {
        for (const { value } of messages) {
          const decoded = decodeConversationStep(Buffer.from(value ?? []).toString());
          if ('value' in decoded) steps.push(decoded.value);
        }
      },
    },
  });
  opened.push({ close: () => consumer.stop() });
  return steps;
}

const PAUSED = ['cycle warning pause planner/root', 'cycle warning pause reviewer/review'];

test('decisions of two agents on the log become a pause of both, of one group', async () => {
  const events = pingPong(4);
  const clock = clockOf(events);
  const bus = await openBus(clock);
  const detector = await startDetector(bus, clock);
  await publish(bus, events, await readSteps(bus));
  const found = await collectAnomalies(bus, 2);
  expect(found.map(inShort)).toEqual(PAUSED);
  expect(found[1]?.groupId).toBe(found[0]?.id);
  expect(await detector.metrics()).toContain(
    'belay_detector_anomalies_total{detector="conversation_loop",rule="cycle",severity="warning",response="pause"} 2',
  );
  await until(async () => /belay_detector_lines_total\{topic="belay\.conversations\.v1"\} 15\n/.test(await detector.metrics()));
  expect(detector.status().detectors).toContainEqual(
    expect.objectContaining({ id: 'conversation_loop', version: 1, stability: 'beta', mode: 'enforce' }),
  );
});

test('a detector that stops and another that starts go on with the same tree', async () => {
  const events = pingPong(4);
  const clock = clockOf(events);
  const bus = await openBus(clock);
  const steps = await readSteps(bus);
  const first = await startDetector(bus, clock);
  await publish(bus, events.slice(0, 10), steps);
  await first.stop();
  const second = await startDetector(bus, clock);
  await publish(bus, events.slice(10), steps);
  const found = await collectAnomalies(bus, 2);
  expect(found.map(inShort)).toEqual(PAUSED);
  expect(found[0]?.evidence.facts).toMatchObject({ repeats: 4, handovers: 7 });
  await second.stop();
});

test('a step that cannot be read goes to the dead letters, and the tree is watched on', async () => {
  const events = pingPong(4);
  const clock = clockOf(events);
  const bus = await openBus(clock);
  const detector = await startDetector(bus, clock);
  const key = agentKey('acme', 'root');
  await bus.publisher.publish(packLines({ topic: TOPICS.conversations, key, lines: ['{"v":1,'], timestampUs: clock.nowUs() }));
  await publish(bus, events, await readSteps(bus));
  expect((await collectAnomalies(bus, 2)).map(inShort)).toEqual(PAUSED);
  expect(await detector.metrics()).toMatch(/belay_detector_malformed_lines_total\{topic="belay\.conversations\.v1"\} 1\n/);
});
