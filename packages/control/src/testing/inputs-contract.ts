import type { ControlEvent, InputRecord } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { ackOf, eventually, type Harness, heartbeat, register, startHarness, TOPIC } from './control.test-support.ts';

/** What control tells the detectors, as records on the agents' partitions. */
export function inputsContract(open: () => Promise<Database>): void {
  describe('records for the detectors', () => {
    let database: Database;
    let h: Harness;
    let token: string;
    let agentToken: string;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
      token = await h.operator();
      agentToken = await h.agent();
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    const told = async (agentId: string, kind: InputRecord['record'], count: number): Promise<InputRecord[]> => {
      const read = async () =>
        (await h.published<InputRecord>(TOPIC.decisions)).filter(
          (each) => each.record === kind && 'agentId' in each && each.agentId === agentId,
        );
      await eventually(async () => (await read()).length >= count);
      return read();
    };
    const beat = (agentId: string, more: object = {}) =>
      h.call('POST', '/v1/agent/heartbeats', { token: agentToken, body: heartbeat(agentId, more) });

    test('a hold tells its action, scope and epoch, when it is placed and when it is released', async () => {
      await register(h, 'i1');
      const placed = await h.call('POST', '/v1/agents/i1/holds', {
        token,
        body: { action: 'kill', scope: 'run', scopeId: 'r1', reason: 'r' },
      });
      await h.call('DELETE', `/v1/agents/i1/holds/${placed.body.hold.id}`, { token });
      const hold = { holdId: placed.body.hold.id, action: 'kill', scope: 'run', scopeId: 'r1' };
      expect(await told('i1', 'hold', 2)).toMatchObject([
        { ...hold, change: 'placed', epoch: 1 },
        { ...hold, change: 'released', epoch: 2 },
      ]);
    });

    test('applied and confirmed are told once each, received and repeats are not', async () => {
      await register(h, 'i2');
      const { commandId, epoch } = (await h.call('POST', '/v1/agents/i2/holds', { token, body: { action: 'pause', reason: 'r' } })).body;
      const ack = (state: string) =>
        h.call('POST', '/v1/agent/acks', { token: agentToken, body: ackOf('i2', commandId, epoch, state, { lastStartedSeq: 41 }) });
      for (const state of ['received', 'applied', 'applied', 'confirmed', 'confirmed']) await ack(state);
      expect(await told('i2', 'ack', 2)).toMatchObject([
        { runId: 'r1', commandId, epoch, state: 'applied', lastStartedSeq: 41 },
        { state: 'confirmed' },
      ]);
    });

    test('a heartbeat is told when it is news, and once a minute, with at most 256 actions in flight', async () => {
      await register(h, 'i3');
      for (let i = 0; i < 5; i += 1) await beat('i3', { lastSeq: i });
      h.clock.advanceMs(60_000);
      await beat('i3', { lastSeq: 400, inFlightSeqs: Array.from({ length: 300 }, (_, i) => 400 - i) });
      await beat('i3', { lastSeq: 401, state: 'ended', droppedSpans: 3 });
      const records = await told('i3', 'heartbeat', 3);
      expect(records).toMatchObject([
        { state: 'running', lastSeq: 0 },
        { state: 'running', lastSeq: 400 },
        { state: 'ended', droppedSpans: 3 },
      ]);
      const [, full] = records;
      expect(full?.record === 'heartbeat' ? full.inFlightSeqs : []).toHaveLength(256);
    });

    test('every record stands beside its control event in one order: what a backtest makes of the events is what was told', async () => {
      const { inputOfControlEvent } = await import('@belay/protocol');
      const records = (await h.published<InputRecord>(TOPIC.decisions)).filter(({ id }) => id !== undefined);
      const events = await h.published<ControlEvent>(TOPIC.control);
      const made = events.flatMap((event) => inputOfControlEvent(event) ?? []);
      expect(records.length).toBeGreaterThanOrEqual(7);
      expect(made.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(records.toSorted((a, b) => a.id.localeCompare(b.id)));
    });
  });
}
