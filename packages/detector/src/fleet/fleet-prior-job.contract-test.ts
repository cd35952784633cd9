import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createEmbeddedBus, linesOf } from '@belay/bus';
import { type Anomaly, type DecisionEvent, decodeLine, type InputRecord, systemClock, TOPICS } from '@belay/protocol';
import { createChdbStore, type Store } from '@belay/store';
import { anomaly, createManualClock } from '@belay/testkit';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAll } from '../archive/archive-rig.test-support.ts';
import { fleetKeysOf } from '../detectors/novel-endpoint/fleet-keys.ts';
import { FleetPriors } from '../pipeline/fleet-priors.ts';
import { busWith } from '../testing/bus-with.test-support.ts';
import { mail } from '../testing/novelty-streams.test-support.ts';
import { BacktestPriors } from './backtest-priors.ts';
import { createFleetPriorJob, type FleetPriorJob } from './fleet-prior-job.ts';

const PERIOD = 60;
/** Two hours ago, on a boundary: retention is by the platform's clock. */
const BASE_US = Math.floor(Date.now() / 60_000 - 120) * 60e6;
const logger = pino({ level: 'silent' });

describe('the job of the fleet priors', () => {
  let folder: string;
  let store: Store;
  let bus: Bus;
  let job: FleetPriorJob | undefined;
  let tenant = '';
  let tenants = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-priors-'));
    store = await createChdbStore({ path: folder });
    await store.migrate();
  });
  beforeEach(async () => {
    tenants += 1;
    tenant = `tenant-${tenants}`;
    bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock, partitions: 3 });
    await bus.ensureTopics();
  });
  afterEach(async () => {
    await job?.stop();
    await bus.close();
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const used = (n: number, agentId: string, to: string, atSeconds: number): DecisionEvent => {
    const startUs = BASE_US + atSeconds * 1e6;
    return mail(n, to, { tenant, agentId, startUs, receivedUs: startUs + 100_000, sessionId: `${agentId}-${n}` });
  };
  const found = (event: DecisionEvent): Anomaly =>
    anomaly({
      id: `sha256:${event.id}`,
      tenant,
      agentId: event.agent.id,
      detector: 'novel_endpoint',
      rule: 'novel',
      severity: 'warning',
      detectedUs: event.receivedUs,
      triggerDecisionId: event.id,
      sessionId: event.sessionId,
    });
  const publishedBy = async (at: readonly number[], atLeast = 3): Promise<readonly InputRecord[]> => {
    const clock = createManualClock(BASE_US);
    job = createFleetPriorJob({ periodSeconds: PERIOD }, { bus, store, clock, logger });
    for (const seconds of at) {
      clock.setWall(BASE_US + seconds * 1e6);
      await job.runDue();
    }
    const messages = await readAll(bus, TOPICS.decisions, atLeast);
    const lines = messages.filter(({ partition }) => partition === 0).flatMap((message) => linesOf(message).map(({ text }) => text));
    return lines.map((line) => decodeLine(line)).flatMap((decoded) => ('input' in decoded ? [decoded.input] : []));
  };
  const priorsOf = (records: readonly InputRecord[]): FleetPriors => {
    const priors = new FleetPriors();
    for (const record of records) if (record.record === 'prior' && record.tenant === tenant) priors.take(record);
    return priors;
  };
  const knows = (priors: FleetPriors, event: DecisionEvent): boolean =>
    fleetKeysOf(event).every((key) => priors.of(tenant, 'novel_endpoint', 'office').has(key));

  it('tells every partition what two agents of one name use', async () => {
    const events = [used(1, 'a', 'ann@acme.shop', 1), used(2, 'b', 'ann@acme.shop', 2), used(3, 'a', 'only@acme.shop', 3)];
    await store.writer.insertDecisions(events);
    const priors = priorsOf(await publishedBy([0, 120]));
    expect(knows(priors, used(9, 'c', 'ann@acme.shop', 9))).toBe(true);
    expect(knows(priors, used(9, 'c', 'only@acme.shop', 9))).toBe(false);
    expect(new Set((await readAll(bus, TOPICS.decisions, 3)).map(({ partition }) => partition))).toEqual(new Set([0, 1, 2]));
  });

  it('knows nothing from flagged use, however many agents it has reached', async () => {
    const attacks = ['a', 'b', 'c', 'd'].map((agentId, i) => used(i + 1, agentId, 'drop@elsewhere.shop', i + 1));
    await store.writer.insertDecisions(attacks);
    await store.writer.insertAnomalies(attacks.map(found));
    const clean = ['w', 'x', 'y'].map((agentId, i) => used(i + 10, agentId, 'ann@acme.shop', i + 10));
    await store.writer.insertDecisions(clean);
    const priors = priorsOf(await publishedBy([0, 120]));
    expect(knows(priors, used(99, 'z', 'ann@acme.shop', 99))).toBe(true);
    expect(knows(priors, used(99, 'z', 'drop@elsewhere.shop', 99))).toBe(false);
  });

  it('says the same as a backtest of the same decisions, at every boundary', async () => {
    const people = ['ann', 'bob', 'cas', 'dan', 'eve'];
    const events = Array.from({ length: 90 }, (_, i) => used(i + 1, `agent-${i % 7}`, `${people[(i * i) % 5] ?? ''}@acme.shop`, i * 3));
    const flagged = events.filter((_, i) => i % 11 === 4);
    await store.writer.insertDecisions(events);
    await store.writer.insertAnomalies(flagged.map(found));
    const offline = new BacktestPriors(PERIOD);
    const told: InputRecord[] = [];
    for (const event of [...events, used(999, 'late', 'ann@acme.shop', 365)]) {
      told.push(...offline.due(event));
      offline.take(event, flagged.includes(event) ? [found(event)] : []);
    }
    const published = (await publishedBy([0, 60, 120, 180, 240, 300, 360])).filter(({ record }) => record === 'prior');
    expect(told.length).toBeGreaterThan(0);
    expect(published.filter((record) => 'tenant' in record && record.tenant === tenant)).toEqual(told);
  });

  it('goes on after the store was away, and loses nothing of what it missed', async () => {
    await store.writer.insertDecisions([used(1, 'a', 'ann@acme.shop', 1), used(2, 'b', 'ann@acme.shop', 2)]);
    const clock = createManualClock(BASE_US + 120e6);
    let isAway = true;
    const queries = {
      ...store.queries,
      fleetUse: (params: Parameters<Store['queries']['fleetUse']>[0]) =>
        isAway ? Promise.reject(new Error('away')) : store.queries.fleetUse(params),
    };
    job = createFleetPriorJob({ periodSeconds: PERIOD }, { bus, store: { ...store, queries }, clock, logger });
    await job.runDue();
    isAway = false;
    clock.setWall(BASE_US + 180e6);
    await job.runDue();
    expect((await readAll(bus, TOPICS.decisions, 3)).length).toBe(3);
  });

  it('sends again at the next boundary what the log did not take', async () => {
    await store.writer.insertDecisions([used(1, 'a', 'ann@acme.shop', 1), used(2, 'b', 'ann@acme.shop', 2)]);
    const clock = createManualClock(BASE_US + 120e6);
    let isAway = true;
    const flaky = busWith(bus, {
      publisher: { publish: (messages) => (isAway ? Promise.reject(new Error('away')) : bus.publisher.publish(messages)) },
    });
    job = createFleetPriorJob({ periodSeconds: PERIOD }, { bus: flaky, store, clock, logger });
    await job.runDue();
    isAway = false;
    clock.setWall(BASE_US + 180e6);
    await job.runDue();
    expect((await readAll(bus, TOPICS.decisions, 3)).length).toBe(3);
  });
});
