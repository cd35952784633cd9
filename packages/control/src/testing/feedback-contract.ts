import { type Anomaly, agentKey, type ControlEvent, type InputRecord } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { eventually, type Harness, startHarness, TOPIC } from './control.test-support.ts';

/** What operators say about anomalies. */
export function feedbackContract(open: () => Promise<Database>): void {
  describe('feedback', () => {
    let database: Database;
    let h: Harness;
    let token: string;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
      token = await h.operator('operator', { sub: 'ann' });
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    const listed = async (id: string) =>
      (await h.call('GET', '/v1/anomalies?limit=1000', { token })).body.anomalies.find(
        (each: { anomaly: Anomaly }) => each.anomaly.id === id,
      );
    const publish = async (id: string, agentId: string): Promise<void> => {
      const nowUs = h.clock.nowUs();
      const found = anomaly({
        id,
        tenant: h.tenant,
        agentId,
        detector: 'loop',
        rule: 'L1',
        cause: 'L1/call-7',
        triggerUs: nowUs,
        detectedUs: nowUs,
      });
      const value = new TextEncoder().encode(JSON.stringify(found));
      await h.bus.publisher.publish([{ topic: TOPIC.anomalies, key: agentKey(h.tenant, agentId), value, timestampUs: nowUs }]);
      await eventually(async () => (await listed(id)) !== undefined);
    };
    const give = (id: string, body: object, by = token) => h.call('POST', `/v1/anomalies/${id}/feedback`, { token: by, body });
    const withdraw = (id: string, by = token) => h.call('DELETE', `/v1/anomalies/${id}/feedback`, { token: by });
    const told = async (agentId: string, count: number): Promise<InputRecord[]> => {
      const read = async () =>
        (await h.published<InputRecord>(TOPIC.decisions)).filter((each) => each.record === 'feedback' && each.agentId === agentId);
      await eventually(async () => (await read()).length >= count);
      return read();
    };

    test('a verdict stands on the anomaly, reaches the detectors with the cause that was found, and is audited with who and why', async () => {
      await publish('f-1', 'f1');
      const given = await give('f-1', { verdict: 'expected', note: 'the nightly import' });
      expect(given).toMatchObject({
        status: 200,
        body: { anomalyId: 'f-1', isNews: true, feedback: { verdict: 'expected', note: 'the nightly import', actor: 'ann' } },
      });
      expect((await listed('f-1')).feedback).toMatchObject({ verdict: 'expected', actor: 'ann' });
      const said = { anomalyId: 'f-1', detector: 'loop', rule: 'L1', cause: 'L1/call-7', verdict: 'expected', change: 'given' };
      expect(await told('f1', 1)).toMatchObject([said]);
      const events = await h.published<ControlEvent>(TOPIC.control);
      expect(events.find((each) => each.agentId === 'f1' && each.type === 'anomaly.feedback')).toMatchObject({
        type: 'anomaly.feedback',
        note: 'the nightly import',
        ...said,
      });
      const [entry] = (await h.call('GET', '/v1/audit', { token })).body.entries;
      expect(entry).toMatchObject({ action: 'anomaly.feedback', actor: 'ann', agentId: 'f1' });
      expect(entry.details).toMatchObject({ verdict: 'expected', note: 'the nightly import', anomalyId: 'f-1' });
    });

    test('the same verdict again is no news; another one replaces it; withdrawing takes it back, and the history keeps all', async () => {
      await publish('f-2', 'f2');
      await give('f-2', { verdict: 'expected' });
      expect((await give('f-2', { verdict: 'expected' })).body.isNews).toBe(false);
      await give('f-2', { verdict: 'true_positive' }, await h.operator('operator', { sub: 'bob' }));
      expect((await listed('f-2')).feedback).toMatchObject({ verdict: 'true_positive', actor: 'bob' });
      expect((await withdraw('f-2')).body).toEqual({ anomalyId: 'f-2', feedback: null, isNews: true });
      expect((await withdraw('f-2')).body).toEqual({ anomalyId: 'f-2', feedback: null, isNews: false });
      expect((await listed('f-2')).feedback).toBeNull();
      expect((await told('f2', 3)).map((each) => each.record === 'feedback' && [each.verdict, each.change])).toEqual([
        ['expected', 'given'],
        ['true_positive', 'given'],
        ['true_positive', 'withdrawn'],
      ]);
      const kept = await database.db
        .selectFrom('anomaly_feedback')
        .select('change')
        .where('anomaly_id', '=', 'f-2')
        .orderBy('id')
        .execute();
      expect(kept.map(({ change }) => change)).toEqual(['given', 'given', 'withdrawn']);
    });

    test('an anomaly that is unknown, or another tenant’s, is refused with words', async () => {
      await publish('f-3', 'f3');
      const theirs = await h.operator('operator', { tenant: 'someone-else' });
      for (const answer of [await give('no-such', { verdict: 'expected' }), await give('f-3', { verdict: 'expected' }, theirs)]) {
        expect(answer.body).toMatchObject({ status: 404, code: 'not_found', detail: expect.stringContaining('belay anomalies') });
      }
      expect((await withdraw('no-such')).status).toBe(404);
      expect((await give('f-3', { verdict: 'maybe' })).status).toBe(400);
    });

    test('the beginning of an id names its anomaly; one that fits two names none', async () => {
      await publish(`sha256:feedf00d${'1'.repeat(56)}`, 'f5');
      expect((await give('feedf00d', { verdict: 'expected' })).body.anomalyId).toBe(`sha256:feedf00d${'1'.repeat(56)}`);
      await publish(`sha256:feedf00d${'2'.repeat(56)}`, 'f5');
      expect((await give('feedf00d', { verdict: 'expected' })).body).toMatchObject({
        status: 409,
        detail: expect.stringContaining('more of it'),
      });
      expect((await withdraw('feedf00d11')).body.isNews).toBe(true);
      expect((await give('feed', { verdict: 'expected' })).body).toMatchObject({
        status: 404,
        detail: expect.stringContaining('at least 8'),
      });
    });

    test.each([
      ['changed', sql`update anomaly_feedback set verdict = 'expected'`],
      ['deleted', sql`delete from anomaly_feedback`],
      ['truncated', sql`truncate anomaly_feedback`],
    ])('the history of feedback cannot be %s', async (_what, statement) => {
      await publish(`f-4-${_what}`, 'f4');
      await give(`f-4-${_what}`, { verdict: 'expected' });
      await expect(statement.execute(database.db)).rejects.toThrow('append-only');
    });
  });
}
