import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, createKafkaBus } from '@belay/bus';
import { systemClock, TOPICS } from '@belay/protocol';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDetectorConfig } from './config.ts';
import { createDetector, type DetectorService } from './service.ts';
import { collectAnomalies } from './testing/collect-anomalies.test-support.ts';
import { essence, killStream, publishStream, runChild, undisturbed } from './testing/kill-points.test-support.ts';

let kafka: KafkaForTests;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

const parsed = parseDetectorConfig({ checkpointSeconds: 0.005, hotAgents: 4 });
if (!('config' in parsed)) throw new Error(parsed.problems.join());
const { config } = parsed;

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 150_000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`not within 150 s: ${what}`);
    await sleep(20);
  }
}

const startDetector = (bus: Bus): Promise<DetectorService> =>
  createDetector(config, { bus, clock: systemClock, logger: pino({ level: 'silent' }) });
const shareOf = (detector: DetectorService): number => detector.status().partitions.length;
const isCaughtUp = async (bus: Bus): Promise<boolean> => (await bus.lag(config.group, TOPICS.decisions)).every(({ lag }) => lag === 0n);

test('two detectors that share the partitions, one killed in its work, a third that joins and one that leaves: no finding changes', async () => {
  const log = { kind: 'kafka', bootstrap: kafka.bootstrap, prefix: `${randomUUID()}.` } as const;
  const open = (name: string): Promise<Bus> =>
    createKafkaBus({ brokers: [log.bootstrap], clientId: name, prefix: log.prefix, clock: systemClock });
  const buses = await Promise.all(['first', 'third'].map(open));
  const [bus, thirdBus] = buses as [Bus, Bus];
  try {
    await bus.ensureTopics();
    const records = killStream();
    const first = await startDetector(bus);
    await until('the first has every partition', () => shareOf(first) === 4);
    const second = runChild({ log, stays: true, kill: { operation: 'publish', nth: 4, when: 'before' } });
    await until('the second has half of them', () => shareOf(first) === 2);
    await publishStream(bus, records.slice(0, 600));
    expect(await second).toBe(false);
    await until('the first has taken over what the second had', async () => shareOf(first) === 4 && (await isCaughtUp(bus)));
    const third = await startDetector(thirdBus);
    await until('the third has half of them', () => shareOf(first) === 2 && shareOf(third) === 2);
    const publishing = publishStream(bus, records.slice(600));
    await first.stop();
    await publishing;
    await until('the third has taken over', async () => shareOf(third) === 4 && (await isCaughtUp(bus)));
    const expected = undisturbed(records);
    expect(essence(await collectAnomalies(bus, expected.length))).toEqual(expected);
    await third.stop();
  } finally {
    for (const one of buses) await one.close();
  }
});
