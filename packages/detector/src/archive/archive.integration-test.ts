import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedBus } from '@belay/bus';
import { systemClock, TOPICS } from '@belay/protocol';
import { createClickHouseStore, type Store } from '@belay/store';
import { anomaly, type ClickHouseHarness, createSeededRandom, startClickHouse } from '@belay/testkit';
import { createClient } from '@clickhouse/client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArchive } from './archive.ts';
import { killNow, startArchiveProcess } from './archive-process.test-support.ts';
import {
  BASE_US,
  eventually,
  publishAnomaly,
  publishControl,
  publishDecisions,
  readAll,
  recent,
  runState,
} from './archive-rig.test-support.ts';

const logger = pino({ level: 'silent' });
const DECISIONS = 3_000;

let engine: ClickHouseHarness;
let folder: string;
beforeAll(async () => {
  engine = await startClickHouse();
  folder = await mkdtemp(join(tmpdir(), 'belay-archive-kill-'));
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A log file with numbered decisions, every seventh exported again a day later, and as many control events. */
async function writeLog(path: string): Promise<void> {
  const bus = await createEmbeddedBus({ path, clock: systemClock });
  await bus.ensureTopics();
  const events = Array.from({ length: DECISIONS }, (_, index) => recent(index + 1));
  await publishDecisions(
    bus,
    events.flatMap((event, index) => (index % 7 === 0 ? [event, { ...event, receivedUs: event.receivedUs + 86_400_000_000 }] : [event])),
  );
  for (let n = 1; n <= 20; n += 1) await publishControl(bus, runState(n));
  await publishAnomaly(bus, anomaly({ detectedUs: BASE_US }));
  await bus.close();
}

const countsOf = async (store: Store) => {
  const { decisions, anomalies, controlEvents } = await store.queries.historyCounts({ tenant: 'acme' });
  return { decisions, anomalies, controlEvents };
};

describe('kill -9 of the archive', () => {
  it('leaves exactly one row per identity, whenever it strikes and however often', async () => {
    const path = join(folder, 'kill.log');
    await writeLog(path);
    const store = await createClickHouseStore({ url: engine.url, database: 'killed' });
    await store.migrate();
    const random = createSeededRandom(7);
    const seen: number[] = [];
    for (let life = 0; life < 8; life += 1) {
      const child = await startArchiveProcess(path, { url: engine.url, database: 'killed' });
      const from = (await countsOf(store)).decisions;
      const target = Math.min(DECISIONS - 1, from + 1 + Math.floor(random.next() * 300));
      await eventually(async () => (await countsOf(store)).decisions >= target);
      await killNow(child);
      seen.push((await countsOf(store)).decisions);
    }
    expect(seen.at(-1)).toBeLessThan(DECISIONS);
    const last = await startArchiveProcess(path, { url: engine.url, database: 'killed' });
    const expected = { decisions: DECISIONS, anomalies: 1, controlEvents: 20 };
    await eventually(async () => JSON.stringify(await countsOf(store)) === JSON.stringify(expected));
    await killNow(last);
    const client = createClient({ url: engine.url, database: 'killed' });
    const query =
      'SELECT toString(count()) AS n, toString(uniqExact(tenant, agent_id, id)) AS identities, toString(sum(seq)) AS seqs FROM decisions_v1';
    const rows = await (await client.query({ query, format: 'JSONEachRow' })).json();
    await client.close();
    expect(rows).toEqual([{ n: String(DECISIONS), identities: String(DECISIONS), seqs: String((DECISIONS * (DECISIONS + 1)) / 2) }]);
    await store.close();
  });
});

describe('ClickHouse killed under a running archive', () => {
  it('makes the archive wait and alarm, loses nothing, and the log takes decisions meanwhile', async () => {
    const lines: string[] = [];
    const alarmed = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock });
    const store = await createClickHouseStore({ url: engine.url, database: 'away' });
    const archive = await createArchive(
      { lingerMs: 5, minBackoffMs: 20, maxBackoffMs: 100 },
      { bus, store, clock: systemClock, logger: alarmed },
    );
    await publishDecisions(
      bus,
      [1, 2, 3].map((n) => recent(n)),
    );
    await eventually(async () => (await countsOf(store)).decisions === 3);

    await engine.kill();
    await publishDecisions(
      bus,
      [4, 5, 6].map((n) => recent(n)),
    );
    await eventually(async () => archive.status().decisions.state === 'waiting');
    expect(await archive.metrics()).toContain('belay_archive_waiting{topic="belay.decisions.v1"} 1');
    expect(archive.status().control.state).toBe('running');
    await publishDecisions(
      bus,
      [7, 8].map((n) => recent(n)),
    );
    expect((await readAll(bus, TOPICS.decisions, 8)).length).toBe(8);

    await engine.restart();
    await eventually(async () => (await countsOf(store)).decisions === 8);
    await eventually(async () => archive.status().decisions.state === 'running');
    expect(lines.length).toBe(1);
    await archive.stop();
    await bus.close();
    await store.close();
  });

  it('starts while the engine is away, and stores when it comes', async () => {
    await engine.kill();
    const bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock });
    const store = await createClickHouseStore({ url: engine.url, database: 'late' });
    const archive = await createArchive({ lingerMs: 5, minBackoffMs: 20, maxBackoffMs: 100 }, { bus, store, clock: systemClock, logger });
    await publishDecisions(bus, [recent(1)]);
    await eventually(async () => archive.status().decisions.state === 'waiting');
    await engine.restart();
    await eventually(async () => archive.status().decisions.state === 'running');
    expect((await countsOf(store)).decisions).toBe(1);
    await archive.stop();
    await bus.close();
    await store.close();
  });
});

describe('a row that the engine refuses', () => {
  it('goes to the dead-letter topic with reason and bytes; its neighbours are stored', async () => {
    const bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock });
    const store = await createClickHouseStore({ url: engine.url, database: 'poisoned' });
    await store.migrate();
    const client = createClient({ url: engine.url, database: 'poisoned' });
    await client.command({ query: `ALTER TABLE decisions ADD CONSTRAINT poison CHECK run_id != 'poison'` });
    await client.close();
    const events = Array.from({ length: 200 }, (_, index) => recent(index + 1, index === 77 ? { runId: 'poison' } : {}));
    await publishDecisions(bus, events);
    const archive = await createArchive({ lingerMs: 5 }, { bus, store, clock: systemClock, logger });
    await eventually(async () => (await countsOf(store)).decisions === 199);
    const [letter] = await readAll(bus, TOPICS.deadLetter, 1);
    expect(letter?.headers['belay-reason']).toContain('VIOLATED_CONSTRAINT');
    expect(JSON.parse(Buffer.from(letter?.value ?? []).toString())).toEqual(events[77]);
    await eventually(async () =>
      (await archive.metrics()).includes('belay_archive_dead_letters_total{topic="belay.decisions.v1",cause="refused"} 1'),
    );
    await archive.stop();
    await bus.close();
    await store.close();
  });
});
