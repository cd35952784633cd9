import type { ControlEvent } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { ackOf, eventually, type Harness, heartbeat, register, startHarness, TOPIC } from './control.test-support.ts';

/** Holds, streams and acknowledgements: the same claims on every database. */
export function holdsContract(open: () => Promise<Database>): void {
  describe('holds', () => {
    let database: Database;
    let h: Harness;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    test('a pause reaches the connected agent as a signed state, and its acknowledgements are on record', async () => {
      await register(h, 'a1');
      const stream = await h.stream('a1', { nonce: 'nonce-abcdef' });
      const first = await h.verify('a1', (await stream.next('state')).data);
      expect(first).toMatchObject({ epoch: 0, holds: [], nonce: 'nonce-abcdef' });
      const token = await h.operator();
      const placed = await h.call('POST', '/v1/agents/a1/holds', { token, body: { action: 'pause', reason: 'it loops' } });
      expect(placed.status).toBe(201);
      const event = await stream.next('state');
      expect(event.id).toBe('1');
      const state = await h.verify('a1', event.data);
      expect(state).toMatchObject({
        epoch: 1,
        commandId: placed.body.commandId,
        holds: [{ action: 'pause', scope: 'agent', scopeId: 'a1', reason: 'it loops', cause: { kind: 'operator', ref: 'ann' } }],
      });
      const agent = await h.agent();
      for (const step of ['received', 'applied', 'confirmed']) {
        expect((await h.call('POST', '/v1/agent/acks', { token: agent, body: ackOf('a1', placed.body.commandId, 1, step) })).status).toBe(
          204,
        );
      }
      const commands = await h.call('GET', '/v1/commands?agentId=a1', { token });
      expect(commands.body.commands[0].acks[0]).toMatchObject({ runId: 'r1', lastStartedSeq: 7, isOverdue: false });
      expect(commands.body.commands[0].acks[0].confirmedUs).not.toBeNull();
      await eventually(
        async () => (await h.published(TOPIC.control)).filter((each) => each.agentId === 'a1' && each.type === 'ack').length === 3,
      );
      const kinds = (await h.published<ControlEvent>(TOPIC.control)).filter((each) => each.agentId === 'a1').map((each) => each.type);
      expect(kinds).toEqual(['run.state', 'heartbeat', 'hold.placed', 'ack', 'ack', 'ack']);
      stream.close();
    });

    test('two sources hold one agent: releasing one does not free it', async () => {
      await register(h, 'a2');
      const token = await h.operator();
      const one = await h.call('POST', '/v1/agents/a2/holds', { token, body: { action: 'pause', reason: 'one' } });
      const two = await h.call('POST', '/v1/agents/a2/holds', { token, body: { action: 'pause', reason: 'two' } });
      const released = await h.call('DELETE', `/v1/agents/a2/holds/${one.body.hold.id}`, { token, body: { reason: 'looked at' } });
      expect(released.body).toMatchObject({ epoch: 3, openHolds: 1 });
      const polled = await h.call('GET', '/v1/agent/poll?agentId=a2&runId=r1&nonce=nonce-0001', { token: await h.agent() });
      const state = await h.verify('a2', JSON.stringify(polled.body));
      expect(state.holds.map((hold) => hold.id)).toEqual([two.body.hold.id]);
      const again = await h.call('DELETE', `/v1/agents/a2/holds/${one.body.hold.id}`, { token });
      expect(again.body).toMatchObject({ status: 409, code: 'conflict' });
    });

    test('a long poll answers as soon as the epoch differs, and with the same state when the wait is over', async () => {
      await register(h, 'a3');
      const agent = await h.agent();
      const path = '/v1/agent/poll?agentId=a3&runId=r1&nonce=nonce-0003&epoch=0';
      const quiet = await h.call('GET', `${path}&wait=50`, { token: agent });
      expect(await h.verify('a3', JSON.stringify(quiet.body))).toMatchObject({ epoch: 0, nonce: 'nonce-0003' });
      const waiting = h.call('GET', `${path}&wait=10000`, { token: agent });
      await eventually(() => h.control.metrics().then((text) => /belay_control_streams 1/.test(text)));
      await h.call('POST', '/v1/agents/a3/holds', { token: await h.operator(), body: { action: 'kill', reason: 'stop' } });
      expect(await h.verify('a3', JSON.stringify((await waiting).body))).toMatchObject({ epoch: 1, holds: [{ action: 'kill' }] });
    });

    test('a reconnect gets the complete state whatever cursor it names', async () => {
      await register(h, 'a4');
      await h.call('POST', '/v1/agents/a4/holds', { token: await h.operator(), body: { action: 'pause', reason: 'r' } });
      const stream = await h.stream('a4', { nonce: 'nonce-later', headers: { 'last-event-id': '9999' } });
      expect(await h.verify('a4', (await stream.next('state')).data)).toMatchObject({
        epoch: 1,
        nonce: 'nonce-later',
        holds: [{ reason: 'r' }],
      });
      stream.close();
    });

    test('holds placed at once by many give every epoch once, and the last state has them all', async () => {
      await register(h, 'a5');
      const token = await h.operator();
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => h.call('POST', '/v1/agents/a5/holds', { token, body: { action: 'pause', reason: `r${n}` } })),
      );
      expect(answers.map((answer) => answer.body.epoch).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
      const polled = await h.call('GET', '/v1/agent/poll?agentId=a5&runId=r1&nonce=nonce-0005', { token: await h.agent() });
      expect((await h.verify('a5', JSON.stringify(polled.body))).holds).toHaveLength(12);
      await eventually(
        async () => (await h.published(TOPIC.control)).filter((each) => each.agentId === 'a5' && each.type === 'hold.placed').length === 12,
      );
      const epochs = (await h.published<ControlEvent>(TOPIC.control)).flatMap((each) =>
        each.agentId === 'a5' && each.type === 'hold.placed' ? [each.epoch] : [],
      );
      expect(epochs).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    });

    test('a hold becomes an input record on the agent’s partition of the decisions', async () => {
      await register(h, 'a6');
      const placed = await h.call('POST', '/v1/agents/a6/holds', {
        token: await h.operator(),
        body: { action: 'pause', scope: 'session', scopeId: 's9', reason: 'r' },
      });
      const isThere = async (): Promise<boolean> =>
        (await h.published<{ holdId?: string; change?: string }>(TOPIC.decisions)).some(
          (each) => each.holdId === placed.body.hold.id && each.change === 'placed',
        );
      await eventually(isThere);
    });

    test('the heartbeat answers with the newest epoch', async () => {
      await register(h, 'a7');
      await h.call('POST', '/v1/agents/a7/holds', { token: await h.operator(), body: { action: 'pause', reason: 'r' } });
      const answer = await h.call('POST', '/v1/agent/heartbeats', { token: await h.agent(), body: heartbeat('a7') });
      expect(answer.body).toEqual({ epoch: 1 });
    });
  });
}
