import type { InputRecord } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { type CallAnswer, eventually, type Harness, heartbeat, startHarness, TOPIC } from './control.test-support.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HOUR_US = 3_600_000_000;
const OTHER = `sha256:${'b'.repeat(64)}`;
const trial = (detector: string, mode = 'enforce') => ({ detector, mode, wouldPause: 2, wouldNotify: 1 });
const BACKTEST = {
  ...{
    configDigest: DIGEST,
    detectors: [trial('loop'), trial('spend_rate')],
    source: 'history',
    fromUs: 1,
    untilUs: 1 + HOUR_US,
    decisions: 500,
  },
  ...{ wouldPause: 3, wouldNotify: 4, agentHours: 12.5 },
};

/** Modes by agent and label, and what raising one needs. */
export function modesContract(open: () => Promise<Database>): void {
  describe('modes', () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    /** A tenant of its own, with detectors of which `loop` is configured to enforce and `spend_rate` to warn. */
    async function withTenant(task: (h: Harness, call: Set) => Promise<void>, digest: string | undefined = DIGEST): Promise<void> {
      const detectors = [
        { id: 'loop', mode: 'enforce' },
        { id: 'spend_rate', mode: 'warn' },
      ];
      const status = digest === undefined ? {} : { detectorStatus: () => ({ configDigest: digest, detectors }) };
      const h = await startHarness(database, { detectors: ['loop', 'spend_rate'] }, status);
      const token = await h.operator('operator', { sub: 'ann' });
      const body = heartbeat('o1', { name: 'billing-eu', environment: 'production' });
      await h.call('POST', '/v1/agent/heartbeats', { token: await h.agent(), body });
      try {
        await task(h, (detector, wish) => h.call('POST', `/v1/detectors/${detector}/mode`, { token, body: wish }));
      } finally {
        await h.stop();
      }
    }
    type Set = (detector: string, wish: object) => Promise<CallAnswer>;
    const get = async (h: Harness, path: string) => (await h.call('GET', path, { token: await h.operator() })).body;
    const record = async (h: Harness, more: object = {}): Promise<CallAnswer> =>
      h.call('POST', '/v1/backtests', { token: await h.operator(), body: { ...BACKTEST, ...more } });

    test('modes reach the detectors: one agent on its partition, labels and all agents on every partition', () =>
      withTenant(async (h, set) => {
        expect((await set('loop', { mode: 'shadow', agentId: 'o1' })).status).toBe(200);
        expect(
          (await set('loop', { mode: 'warn', agentName: 'billing*', environment: 'prod*', force: true, reason: 'known' })).status,
        ).toBe(200);
        expect((await set('all', { mode: 'shadow' })).body).toMatchObject({
          detectors: ['loop', 'spend_rate'],
          mode: 'shadow',
          agentId: null,
        });
        expect((await set('no_such', { mode: 'warn' })).status).toBe(404);
        const modes = async (): Promise<InputRecord[]> =>
          (await h.published<InputRecord>(TOPIC.decisions)).filter((each) => each.record === 'mode');
        const partitions = await h.bus.partitions(TOPIC.decisions);
        await eventually(async () => (await modes()).length === 1 + 3 * partitions);
        expect((await modes()).filter((each) => 'agentId' in each)).toHaveLength(1);
        expect((await modes()).filter((each) => 'agentName' in each)).toHaveLength(partitions);
        expect((await get(h, '/v1/detectors')).modes).toMatchObject([
          {
            detector: 'loop',
            agentId: null,
            agentName: null,
            environment: null,
            mode: 'shadow',
            changedBy: 'ann',
            changedUs: expect.any(Number),
          },
          { detector: 'loop', agentName: 'billing*', environment: 'prod*', mode: 'warn' },
          { detector: 'loop', agentId: 'o1', mode: 'shadow' },
          { detector: 'spend_rate', agentId: null, mode: 'shadow' },
        ]);
      }));

    test('default takes a setting back and tells the detectors so', () =>
      withTenant(async (h, set) => {
        await set('loop', { mode: 'shadow' });
        await set('loop', { mode: 'shadow', agentName: 'x' });
        expect((await set('loop', { mode: 'default' })).status).toBe(200);
        expect((await get(h, '/v1/detectors')).modes).toMatchObject([{ detector: 'loop', agentName: 'x' }]);
        const told = async () =>
          (await h.published<InputRecord>(TOPIC.decisions)).some((each) => each.record === 'mode' && each.mode === 'default');
        await eventually(told);
      }));

    test('one agent and a label together, an agent of any name, and a force without a reason are refused', () =>
      withTenant(async (_h, set) => {
        expect((await set('loop', { mode: 'shadow', agentId: 'o1', agentName: 'x' })).status).toBe(400);
        expect((await set('loop', { mode: 'shadow', agentId: '*' })).status).toBe(400);
        expect((await set('loop', { mode: 'enforce', force: true })).status).toBe(400);
        expect((await set('loop', { mode: 'shadow', agentId: 'nobody' })).status).toBe(404);
      }));

    test('lowering, keeping and going back to the configuration need nothing', () =>
      withTenant(async (_h, set) => {
        for (const mode of ['enforce', 'warn', 'shadow', 'default']) expect((await set('loop', { mode })).status).toBe(200);
        expect((await set('all', { mode: 'shadow' })).status).toBe(200);
      }));

    test('raising needs a backtest of the configuration that runs; one of another, or none, is refused with the way out', () =>
      withTenant(async (h, set) => {
        const none = await set('spend_rate', { mode: 'enforce' });
        expect(none.body).toMatchObject({ status: 409, code: 'conflict', detail: expect.stringContaining('none was recorded yet') });
        expect(none.body.detail).toContain('belay backtest --history --mode spend_rate=enforce --record');
        await record(h, { configDigest: OTHER });
        expect((await set('spend_rate', { mode: 'enforce' })).body.detail).toContain('another configuration');
        await record(h, { detectors: [trial('loop'), trial('spend_rate', 'warn')] });
        expect((await set('spend_rate', { mode: 'enforce' })).body.detail).toContain('in a lower mode');
        const recorded = await record(h);
        expect(await set('spend_rate', { mode: 'enforce' })).toMatchObject({ status: 200, body: { backtestId: recorded.body.id } });
        const [entry] = (await get(h, '/v1/audit')).entries;
        expect(entry).toMatchObject({ action: 'mode.changed', details: { mode: 'enforce', backtestId: recorded.body.id } });
      }));

    test('a backtest of too little time or too few decisions allows nothing; one of enough does, newer ones of too little or not', () =>
      withTenant(async (h, set) => {
        await record(h, { decisions: 499 });
        h.clock.advance(1);
        await record(h, { untilUs: HOUR_US });
        const refused = await set('spend_rate', { mode: 'enforce' });
        expect(refused.body).toMatchObject({ status: 409, detail: expect.stringContaining('at least 60 minutes and 500 decisions') });
        expect(refused.body.detail).toContain('covers 59.9 minutes and 500 decisions');
        expect((await set('spend_rate', { mode: 'enforce', force: true, reason: 'a test fleet' })).status).toBe(200);
        await set('spend_rate', { mode: 'default' });
        h.clock.advance(1);
        const enough = await record(h);
        h.clock.advance(1);
        await record(h, { decisions: 1 });
        expect((await set('spend_rate', { mode: 'enforce' })).body).toMatchObject({ backtestId: enough.body.id });
        expect((await get(h, '/v1/detectors')).promotion).toEqual({ minSpanMs: 3_600_000, minDecisions: 500 });
      }));

    test('how much a backtest must cover is set by whoever runs control', async () => {
      const detectors = [{ id: 'loop', mode: 'shadow' }];
      const least = { promotionMinSpanMs: 0, promotionMinDecisions: 1 };
      const h = await startHarness(
        database,
        { detectors: ['loop'], ...least },
        { detectorStatus: () => ({ configDigest: DIGEST, detectors }) },
      );
      await record(h, { untilUs: 1, decisions: 1 });
      const token = await h.operator();
      expect((await h.call('POST', '/v1/detectors/loop/mode', { token, body: { mode: 'enforce' } })).status).toBe(200);
      await h.stop();
    });

    test('a backtest of the configuration that runs counts however many of others were recorded since', () =>
      withTenant(async (h, set) => {
        const recorded = await record(h);
        h.clock.advance(1);
        const token = await h.operator();
        const other = { token, body: { ...BACKTEST, configDigest: OTHER } };
        for (let n = 0; n < 201; n += 1)
          await h.call('POST', '/v1/backtests', n % 100 === 0 ? { ...other, token: await h.operator() } : other);
        expect((await set('spend_rate', { mode: 'enforce' })).body).toMatchObject({ backtestId: recorded.body.id });
      }));

    test('of however many backtests that cover too little, or ran in a lower mode, none hides one that counts', () =>
      withTenant(async (h, set) => {
        const recorded = await record(h);
        const after = { tenant: h.tenant, config_digest: DIGEST, source: 'history', from_us: 1, recorded_by: 'ann' };
        const counts = { would_pause: 0, would_notify: 0, agent_hours: 1, decisions: 500 };
        const rows = Array.from({ length: 1_500 }, (_, n) => ({
          ...{ ...after, ...counts, id: `newer-${n}`, recorded_us: h.clock.nowUs() + n },
          until_us: n % 2 === 0 ? 1 : 1 + HOUR_US,
          detectors: JSON.stringify([trial('loop'), trial('spend_rate', n % 2 === 0 ? 'enforce' : 'shadow')]),
        }));
        await database.db.insertInto('backtests').values(rows).execute();
        expect((await set('spend_rate', { mode: 'enforce' })).body).toMatchObject({ backtestId: recorded.body.id });
        expect((await set('spend_rate', { mode: 'warn', agentId: 'o1' })).status).toBe(200);
      }));

    test('what was lowered by hand is raised only with a backtest, for one agent, for its label and for all', () =>
      withTenant(async (_h, set) => {
        await set('loop', { mode: 'shadow', agentId: 'o1' });
        expect((await set('loop', { mode: 'warn', agentId: 'o1' })).status).toBe(409);
        expect((await set('loop', { mode: 'warn' })).status).toBe(409);
        expect((await set('loop', { mode: 'warn', agentId: 'o1', force: true, reason: 'seen by hand' })).status).toBe(200);
        await set('spend_rate', { mode: 'shadow', agentName: 'billing*' });
        expect((await set('spend_rate', { mode: 'warn', agentId: 'o1' })).status).toBe(409);
      }));

    test('the brake works when no more modes may be set, and so does taking one back', () =>
      withTenant(async (h, set) => {
        const row = (n: number) => ({
          ...{ tenant: h.tenant, detector: 'loop', agent_id: '', agent_name: `team-${n}`, environment: '' },
          ...{ mode: 'enforce' as const, changed_us: 1, changed_by: 'ann' },
        });
        await database.db
          .insertInto('detector_modes')
          .values(Array.from({ length: 256 }, (_, n) => row(n)))
          .execute();
        expect((await set('loop', { mode: 'shadow', agentName: 'one-more' })).body).toMatchObject({ status: 409 });
        expect((await set('all', { mode: 'shadow' })).status).toBe(200);
        expect((await set('loop', { mode: 'default', agentName: 'team-1' })).status).toBe(200);
      }));

    test('the newest setting is the newest in its instant too, where another replica set one by a clock that is ahead', () =>
      withTenant(async (h, set) => {
        const aheadUs = h.clock.nowUs() + 5_000_000;
        const ahead = { tenant: h.tenant, detector: 'loop', agent_id: 'o1', agent_name: '', environment: '', mode: 'enforce' as const };
        await database.db
          .insertInto('detector_modes')
          .values({ ...ahead, changed_us: aheadUs, changed_by: 'bob' })
          .execute();
        await set('all', { mode: 'shadow' });
        const told = async () => (await h.published<InputRecord>(TOPIC.decisions)).filter((each) => each.record === 'mode');
        await eventually(async () => (await told()).length > 0);
        for (const { atUs } of await told()) expect(atUs).toBeGreaterThan(aheadUs);
      }));

    test('what the configuration has in shadow for some agents is not raised for all without a backtest', async () => {
      const detectors = [{ id: 'loop', mode: 'enforce', lowestMode: 'shadow' }];
      const h = await startHarness(database, { detectors: ['loop'] }, { detectorStatus: () => ({ configDigest: DIGEST, detectors }) });
      const set = async (body: object) => h.call('POST', '/v1/detectors/loop/mode', { token: await h.operator(), body });
      expect((await set({ mode: 'enforce' })).status).toBe(409);
      expect((await set({ mode: 'default' })).status).toBe(200);
      await h.stop();
    });

    test('a forced promotion is audited with its reason', () =>
      withTenant(async (h, set) => {
        expect((await set('spend_rate', { mode: 'enforce', force: true, reason: 'incident 12' })).body.backtestId).toBeNull();
        const [entry] = (await get(h, '/v1/audit')).entries;
        expect(entry).toMatchObject({
          action: 'mode.changed',
          actor: 'ann',
          details: { detector: 'spend_rate', mode: 'enforce', reason: 'incident 12' },
        });
      }));

    test('without detectors in reach nobody can say which configuration runs: lowering works, raising must be forced', async () => {
      const alone = await startHarness(database, { detectors: ['loop'] });
      const token = await alone.operator();
      const set = (body: object) => alone.call('POST', '/v1/detectors/loop/mode', { token, body });
      await alone.call('POST', '/v1/backtests', { token, body: BACKTEST });
      expect((await set({ mode: 'shadow' })).status).toBe(200);
      expect((await set({ mode: 'enforce' })).body).toMatchObject({ status: 409, detail: expect.stringContaining('in this control') });
      expect((await set({ mode: 'enforce', force: true, reason: 'r' })).status).toBe(200);
      await alone.stop();
    });

    test('recorded backtests are listed, audited and checked', () =>
      withTenant(async (h) => {
        expect((await record(h)).status).toBe(201);
        expect((await get(h, '/v1/backtests')).backtests).toMatchObject([{ ...BACKTEST, recordedBy: 'ann', recordedUs: h.clock.nowUs() }]);
        expect((await get(h, '/v1/audit')).entries[0]).toMatchObject({ action: 'backtest.recorded', details: { configDigest: DIGEST } });
        expect((await record(h, { fromUs: 2 + HOUR_US })).status).toBe(400);
        expect((await record(h, { decisions: 0 })).status).toBe(400);
        expect((await record(h, { configDigest: 'mine' })).status).toBe(400);
      }));
  });
}
