import { type Anomaly, agentKey, type ControlEvent } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { eventually, type Harness, heartbeat, startHarness, TOPIC } from './control.test-support.ts';

const HOUR_MS = 3_600_000;

/** Holds of detectors on what is over for a day are released by control, and nobody is released by keeping silent. */
export function expiryContract(open: () => Promise<Database>): void {
  describe('expiry of holds', () => {
    let database: Database;
    let h: Harness;
    let token: string;
    let agentToken: string;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
    });
    // A blast radius of its own for each test, and tokens that outlive the days that pass.
    beforeEach(async () => {
      h.clock.advanceMs(600_001);
      const exp = Math.floor(h.clock.nowUs() / 1e6) + 90 * 86_400;
      token = await h.operator('operator', { exp });
      agentToken = await h.agent('*', { exp });
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    const beat = (agentId: string, more: object = {}) =>
      h.call('POST', '/v1/agent/heartbeats', { token: agentToken, body: heartbeat(agentId, more) });
    const openHolds = async (agentId: string) => (await h.call('GET', `/v1/holds?agentId=${agentId}`, { token })).body.holds;
    /** Time passes, and then the ten minutes that control waits for who comes back. */
    const pass = async (hours: number, alive: () => Promise<unknown> = async () => undefined): Promise<void> => {
      h.clock.advanceMs(hours * HOUR_MS);
      for (let minute = 0; minute < 12; minute += 1) {
        h.clock.advanceMs(59_000);
        await alive();
        await h.control.sweep();
      }
    };
    /** A detector holds what the anomaly names. */
    const hold = async (agentId: string, scope: { sessionId?: string; runId?: string }): Promise<void> => {
      const nowUs = h.clock.nowUs();
      const {
        sessionId: _session,
        runId: _run,
        ...rest
      } = anomaly({
        id: crypto.randomUUID(),
        tenant: h.tenant,
        agentId,
        mode: 'enforce',
        response: 'pause',
        triggerUs: nowUs,
        detectedUs: nowUs,
      });
      const found: Anomaly = { ...rest, ...scope };
      const value = new TextEncoder().encode(JSON.stringify(found));
      await h.bus.publisher.publish([{ topic: TOPIC.anomalies, key: agentKey(h.tenant, agentId), value, timestampUs: nowUs }]);
      await eventually(async () => (await openHolds(agentId)).length > 0);
    };

    test.each([
      ['run', { runId: 'r1' }],
      ['session', { runId: 'r1', sessionId: 's1' }],
    ])(
      'a hold of a detector on a %s is released by control a day after its run has ended, and the record says so',
      async (scope, names) => {
        const id = `x1-${scope}`;
        await beat(id);
        await hold(id, names);
        const [{ id: holdId }] = await openHolds(id);
        await beat(id, { state: 'ended' });
        await pass(23);
        expect(await openHolds(id)).toMatchObject([{ scope }]);
        await pass(1.1);
        expect(await openHolds(id)).toEqual([]);
        const { entries } = (await h.call('GET', '/v1/audit', { token })).body;
        expect(entries).toContainEqual(
          expect.objectContaining({
            action: 'hold.released',
            actor: 'control',
            agentId: id,
            details: expect.objectContaining({ holdId, reason: expect.stringContaining('for 24 h') }),
          }),
        );
        const released = async () =>
          (await h.published<ControlEvent>(TOPIC.control)).filter((each) => each.type === 'hold.released' && each.holdId === holdId);
        await eventually(async () => (await released()).length === 1);
      },
    );

    test('a run that was silent for days is held again when it is heard: silence releases nobody', async () => {
      await beat('x2');
      await hold('x2', { runId: 'r1' });
      await pass(24.1);
      expect(await openHolds('x2')).toEqual([]);
      await beat('x2');
      const [again] = await openHolds('x2');
      expect(again).toMatchObject({ scope: 'run', scopeId: 'r1', placedBy: 'control' });
      await h.call('DELETE', `/v1/agents/x2/holds/${again.id}`, { token });
      h.clock.advanceMs(20_000);
      await h.control.sweep();
      await beat('x2');
      expect(await openHolds('x2')).toEqual([]);
    });

    test('a hold stays while its run lives, however long that is', async () => {
      await beat('x3');
      await hold('x3', { runId: 'r1', sessionId: 's1' });
      await pass(30, () => beat('x3'));
      expect(await openHolds('x3')).toHaveLength(1);
    });

    test('a held session that a later run works on stays held', async () => {
      await beat('x4');
      await hold('x4', { runId: 'r1', sessionId: 's1' });
      await beat('x4', { state: 'ended' });
      h.clock.advanceMs(1_000);
      const works = () => beat('x4', { runId: 'r2', sessions: ['s1'] });
      await works();
      await pass(26, works);
      expect(await openHolds('x4')).toHaveLength(1);
      await pass(0, () => beat('x4', { runId: 'r2', sessions: [] }));
      expect(await openHolds('x4')).toEqual([]);
    });

    test('a control that was away for days releases nobody before the agents had time to be heard', async () => {
      await beat('x6');
      await hold('x6', { runId: 'r1' });
      h.clock.advanceMs(72 * HOUR_MS);
      await h.control.sweep();
      await h.control.sweep();
      await beat('x6');
      await pass(0, () => beat('x6'));
      expect((await openHolds('x6')).map(({ placedBy }: { placedBy: string }) => placedBy)).toEqual(['detector:loop']);
    });

    test("an operator's hold and a detector's hold on the whole agent wait for a person", async () => {
      await beat('x5');
      await hold('x5', {});
      const body = { action: 'pause', scope: 'run', scopeId: 'r1', reason: 'by hand' };
      expect((await h.call('POST', '/v1/agents/x5/holds', { token, body })).status).toBe(201);
      await beat('x5', { state: 'ended' });
      await pass(24 * 30);
      expect(await openHolds('x5')).toHaveLength(2);
    });
  });
}
