import { createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { createClickHouseStore } from '@belay/store';
import { type ClickHouseHarness, clickHouseForTests, type KafkaForTests, withKafka } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killNow, startArchiveProcess } from './archive-process.test-support.ts';
import { eventually, publishControl, publishDecisions, recent, runState } from './archive-rig.test-support.ts';

const DECISIONS = 2_000;
const KILLS = 2;

describe('the archive on Kafka', () => {
  let kafka: KafkaForTests;
  let engine: ClickHouseHarness;
  beforeAll(async () => {
    [kafka, engine] = await Promise.all([withKafka(), clickHouseForTests()]);
  });
  afterAll(async () => {
    await Promise.all([kafka?.stop(), engine?.stop()]);
  });

  it('has exactly one row per identity after kill -9 in the middle and a takeover by another member', async () => {
    const name = `archive_${process.pid}_${Date.now().toString(36)}`;
    const bus = await createKafkaBus({ brokers: [kafka.bootstrap], prefix: `${name}.`, clientId: 'test', clock: systemClock });
    await bus.ensureTopics();
    await publishDecisions(
      bus,
      Array.from({ length: DECISIONS }, (_, index) => recent(index + 1)),
    );
    await publishDecisions(
      bus,
      Array.from({ length: 100 }, (_, index) => recent(index + 1)),
    );
    for (let n = 1; n <= 5; n += 1) await publishControl(bus, runState(n));
    const store = await createClickHouseStore({ url: engine.url, database: name });
    await store.migrate();
    const stored = async (): Promise<number> => (await store.queries.historyCounts({ tenant: 'acme' })).decisions;

    for (let life = 1; life <= KILLS; life += 1) {
      const child = await startArchiveProcess(`kafka://${kafka.bootstrap}/${name}.`, { url: engine.url, database: name });
      const target = Math.min((await stored()) + 100, DECISIONS - 1);
      await eventually(async () => (await stored()) >= target);
      await killNow(child);
    }
    const last = await startArchiveProcess(`kafka://${kafka.bootstrap}/${name}.`, { url: engine.url, database: name });
    await eventually(async () => (await bus.lag('belay-archive-decisions', 'belay.decisions.v1')).every(({ lag }) => lag === 0n));
    await eventually(async () => (await store.queries.historyCounts({ tenant: 'acme' })).controlEvents === 5);
    await killNow(last);
    expect(await stored()).toBe(DECISIONS);
    await store.close();
    await bus.close();
  });
});
