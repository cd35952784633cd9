import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createEmbeddedBus, messageToDeadLetter } from '@belay/bus';
import { BelayError, systemClock, TOPICS } from '@belay/protocol';
import { createChdbStore, type Store } from '@belay/store';
import { anomaly } from '@belay/testkit';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { busWith } from '../testing/bus-with.test-support.ts';
import { type Archive, createArchive } from './archive.ts';
import {
  BASE_US,
  eventually,
  publishAnomaly,
  publishControl,
  publishDecisions,
  publishLines,
  readAll,
  recent,
  runState,
} from './archive-rig.test-support.ts';

const logger = pino({ level: 'silent' });
const DAY_US = 86_400_000_000;

describe('archive on the embedded engines', () => {
  let folder: string;
  let store: Store;
  let bus: Bus;
  let archive: Archive | undefined;
  let tenant = 0;
  const start = async (lingerMs = 20): Promise<void> => {
    archive = await createArchive({ lingerMs }, { bus, store, clock: systemClock, logger });
  };
  const counts = () => store.queries.historyCounts({ tenant: `tenant-${tenant}` });
  const ours = <T extends object>(value: T): T => ({ ...value, tenant: `tenant-${tenant}` });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-archive-'));
    store = await createChdbStore({ path: folder });
  });
  beforeEach(async () => {
    tenant += 1;
    bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock });
    await bus.ensureTopics();
  });
  afterEach(async () => {
    await archive?.stop();
    await bus.close();
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('stores decisions, anomalies and control events, and no input records', async () => {
    const mode = JSON.stringify({ v: 1, record: 'mode', id: 'm1', tenant: 'acme', detector: 'loop', mode: 'warn', atUs: 1 });
    await publishDecisions(
      bus,
      [1, 2, 3, 4].map((n) => ours(recent(n))),
    );
    await publishLines(bus, TOPICS.decisions, [mode]);
    await publishAnomaly(bus, ours(anomaly({ detectedUs: BASE_US })));
    await publishControl(bus, ours(runState(1)));
    await start();
    await eventually(
      async () => (await counts()).decisions === 4 && (await counts()).anomalies === 1 && (await counts()).controlEvents === 1,
    );
    await eventually(async () =>
      /belay_archive_skipped_lines_total\{topic="belay.decisions.v1"\} 1/.test((await archive?.metrics()) ?? ''),
    );
    const running = { state: 'running' };
    expect(archive?.status()).toEqual({ decisions: running, anomalies: running, control: running, scores: running });
  });

  it('stores what detectors measure, by the time the platform took it in, whatever the agent says the time is', async () => {
    const score = (atUs: number): string =>
      JSON.stringify({
        v: 1,
        tenant: `t${tenant}`,
        agentId: 'agent-1',
        detector: 'drift',
        metric: 'error_rate',
        value: 0.25,
        samples: 9,
        learning: false,
        atUs,
      });
    await publishLines(bus, TOPICS.scores, [score(5), score(7), '{"v":2}']);
    await start();
    const read = () => store.queries.driftMetrics({ tenant: `t${tenant}`, sinceUs: 0, untilUs: 4e15, limit: 10 });
    await eventually(async () => (await read()).length > 0);
    expect(await read()).toMatchObject([{ agentId: 'agent-1', metric: 'error_rate', value: 0.25, atUs: BASE_US }]);
    expect(await readAll(bus, TOPICS.deadLetter, 1)).toHaveLength(1);
  });

  it('dead-letters a malformed line with its reason and bytes, and stores its neighbours', async () => {
    const line = (n: number): string => JSON.stringify(ours(recent(n)));
    const bad = '{"v":1,"id":"no id","café":\u0001}';
    await publishLines(bus, TOPICS.decisions, [...[1, 2, 3].map(line), bad, ...[4, 5].map(line)]);
    await start();
    await eventually(async () => (await counts()).decisions === 5);
    const [message] = await readAll(bus, TOPICS.deadLetter, 1);
    expect(message && messageToDeadLetter(message)).toMatchObject({
      letter: { reason: 'archive: no JSON', source: expect.stringMatching(/^belay.decisions.v1:\d+:\d+:3$/) },
    });
    expect(Buffer.from(message?.value ?? []).toString()).toBe(bad);
  });

  it('goes on where it was after a stop, without a row lost or shown twice', async () => {
    await publishDecisions(
      bus,
      [1, 2, 3].map((n) => ours(recent(n))),
    );
    await start();
    await eventually(async () => (await counts()).decisions === 3);
    await archive?.stop();
    await publishDecisions(
      bus,
      [3, 4, 5].map((n) => ours(recent(n))),
    );
    await start();
    await eventually(async () => (await counts()).decisions === 5);
    expect(
      (await store.queries.recentDecisions({ tenant: `tenant-${tenant}`, agentId: 'agent-0', limit: 9 })).map((row) => row.seq),
    ).toEqual([3]);
  });

  it('drains the log to its end before a stop: also what came while an earlier batch was lingering', async () => {
    await start(600_000);
    for (let n = 1; n <= 20; n += 1) await publishDecisions(bus, [ours(recent(n))]);
    await publishControl(bus, ours(runState(1)));
    expect((await counts()).decisions).toBe(0);
    expect(await archive?.drain(30_000)).toBe(0);
    expect(await counts()).toMatchObject({ decisions: 20, controlEvents: 1 });
  });

  it('does not wait for a store that is away when it drains, and says how much is left on the log', async () => {
    const away = new BelayError('unavailable', 'The store is away.', { retryable: true });
    const writer = { ...store.writer, insertDecisions: () => Promise.reject(away) };
    archive = await createArchive({ lingerMs: 1 }, { bus, store: { ...store, writer }, clock: systemClock, logger });
    await publishDecisions(bus, [ours(recent(1))]);
    await eventually(async () => archive?.status().decisions.state === 'waiting');
    expect(await archive.drain(600_000)).toBe(1);
  });

  it('is not stalled by clocks of 1696, 1970 and 2200 nor by a thousand days in one message', async () => {
    const starts = [-8.64e15, 0, 8.64e15, Date.UTC(2200, 0, 1) * 1000, ...Array.from({ length: 200 }, (_, index) => index * 5 * DAY_US)];
    const lines = starts.map((startUs, index) => JSON.stringify(ours(recent(index + 1, { startUs }))));
    await publishLines(bus, TOPICS.decisions, lines);
    await start();
    await eventually(async () => (await counts()).decisions === starts.length);
    expect(archive?.status().decisions).toEqual({ state: 'running' });
  });

  it('stops and says so when nearly everything on the log is malformed', async () => {
    await publishLines(
      bus,
      TOPICS.decisions,
      Array.from({ length: 200 }, (_, index) => `garbage ${index}`),
    );
    await start();
    await eventually(async () => archive?.status().decisions.state === 'stopped');
    expect(await archive?.metrics()).toContain('belay_archive_stopped{topic="belay.decisions.v1"} 1');
    expect(archive?.status().anomalies).toEqual({ state: 'running' });
  });

  it('leaves no lane open when a later one cannot be opened', async () => {
    let opened = 0;
    let stopped = 0;
    const consume: Bus['consume'] = async (options) => {
      if (options.topics.includes(TOPICS.control)) throw new BelayError('unavailable', 'The log is away.', { retryable: true });
      const consumer = await bus.consume(options);
      opened += 1;
      const stop = async (): Promise<void> => {
        stopped += 1;
        await consumer.stop();
      };
      return { stopped: consumer.stopped, stop };
    };
    const broken = { ...busWith(bus, {}), consume };
    await expect(createArchive({}, { bus: broken, store, clock: systemClock, logger })).rejects.toMatchObject({ code: 'unavailable' });
    expect([opened, stopped]).toEqual([2, 2]);
  });
});
