import type { Anomaly, ControlEvent } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { ackOf, eventually, type Harness, heartbeat, register, startHarness, TOPIC } from './control.test-support.ts';

/** Deadlines, lost runs and escalation, on a clock that only the test moves. */
export function deadlinesContract(open: () => Promise<Database>): void {
  describe('deadlines', () => {
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

    const beat = (agentId: string, more: object = {}) =>
      h.call('POST', '/v1/agent/heartbeats', { token: agentToken, body: heartbeat(agentId, more) });
    const ack = (agentId: string, command: { commandId: string; epoch: number }, state: string) =>
      h.call('POST', '/v1/agent/acks', { token: agentToken, body: ackOf(agentId, command.commandId, command.epoch, state) });
    const pause = async (agentId: string) =>
      (await h.call('POST', `/v1/agents/${agentId}/holds`, { token, body: { action: 'pause', reason: 'r' } })).body;
    const agentView = async (agentId: string) => (await h.call('GET', `/v1/agents/${agentId}`, { token })).body;
    const unconfirmed = async (agentId: string) =>
      (await h.published<ControlEvent>(TOPIC.control)).flatMap((each) =>
        each.agentId === agentId && each.type === 'command.unconfirmed' ? [each.missing] : [],
      );

    test('an agent that does not apply within 5 s is reported once, is shown as unconfirmed, and is forgiven when it obeys late', async () => {
      await register(h, 'd1');
      const command = await pause('d1');
      h.clock.advanceMs(4_900);
      await h.control.sweep();
      expect((await agentView('d1')).obedience).toBe('obeying');
      h.clock.advanceMs(200);
      await beat('d1');
      await h.control.sweep();
      await h.control.sweep();
      expect((await agentView('d1')).obedience).toBe('unconfirmed');
      await eventually(async () => (await unconfirmed('d1')).length === 2);
      expect((await unconfirmed('d1')).sort()).toEqual(['applied', 'confirmed']);
      const anomalies = (await h.published<Anomaly>(TOPIC.anomalies)).filter((each) => each.agentId === 'd1');
      expect(anomalies).toHaveLength(2);
      expect(anomalies[0]).toMatchObject({ detector: 'control', rule: 'unconfirmed', severity: 'critical', response: 'notify' });
      const late = await ack('d1', command, 'confirmed');
      expect(late.status).toBe(204);
      expect((await agentView('d1')).obedience).toBe('obeying');
    });

    test('confirmed may take the longest time-out in flight and 5 s more, and no longer', async () => {
      await register(h, 'd2', { inFlightSeqs: [4], longestTimeoutMs: 8_000 });
      const command = await pause('d2');
      await ack('d2', command, 'applied');
      for (let second = 0; second < 12; second += 4) {
        h.clock.advanceMs(4_000);
        await beat('d2', { inFlightSeqs: [4], longestTimeoutMs: 8_000 });
        await h.control.sweep();
      }
      expect((await agentView('d2')).obedience).toBe('obeying');
      h.clock.advanceMs(1_100);
      await h.control.sweep();
      await eventually(async () => (await unconfirmed('d2')).length === 1);
      expect(await unconfirmed('d2')).toEqual(['confirmed']);
    });

    test('an agent cannot push its deadline beyond the cap', async () => {
      await register(h, 'd3', { inFlightSeqs: [4], longestTimeoutMs: 1e12 });
      const command = await pause('d3');
      await ack('d3', command, 'applied');
      h.clock.advanceMs(606_000);
      await beat('d3', { inFlightSeqs: [4], longestTimeoutMs: 1e12 });
      await h.control.sweep();
      expect((await agentView('d3')).obedience).toBe('unconfirmed');
    });

    test('obeying an epoch settles all before it', async () => {
      await register(h, 'd4');
      await pause('d4');
      const second = await pause('d4');
      expect((await ack('d4', second, 'confirmed')).status).toBe(204);
      h.clock.advanceMs(10_000);
      await beat('d4');
      await h.control.sweep();
      expect((await agentView('d4')).obedience).toBe('obeying');
    });

    test('a run whose heartbeats stop is lost after 15 s, and comes back with the next one', async () => {
      await register(h, 'd5');
      h.clock.advanceMs(14_000);
      await h.control.sweep();
      expect((await agentView('d5')).state).toBe('running');
      h.clock.advanceMs(1_500);
      await h.control.sweep();
      expect(await agentView('d5')).toMatchObject({ state: 'lost', liveRuns: 0 });
      await beat('d5');
      expect(await agentView('d5')).toMatchObject({ state: 'running', liveRuns: 1 });
      const changes = async (): Promise<string[]> =>
        (await h.published<ControlEvent>(TOPIC.control)).flatMap((each) =>
          each.agentId === 'd5' && each.type === 'run.state' ? [`${each.from}>${each.to}`] : [],
        );
      await eventually(async () => (await changes()).length === 3);
      expect(await changes()).toEqual(['undefined>running', 'running>lost', 'lost>running']);
    });

    test('a process that died is lost, not disobedient: silence is no critical finding', async () => {
      await register(h, 'd10');
      await pause('d10');
      for (let second = 0; second < 16; second += 4) {
        h.clock.advanceMs(4_000);
        await h.control.sweep();
        expect((await agentView('d10')).obedience).toBe('obeying');
      }
      expect((await agentView('d10')).state).toBe('lost');
      expect(await unconfirmed('d10')).toEqual([]);
    });

    test('an agent whose disobedient run is lost is no longer shown as unconfirmed, and is again when the run comes back and does not obey', async () => {
      await register(h, 'd11');
      await pause('d11');
      h.clock.advanceMs(5_100);
      await beat('d11');
      await h.control.sweep();
      await h.control.sweep();
      expect((await agentView('d11')).obedience).toBe('unconfirmed');
      h.clock.advanceMs(15_100);
      await h.control.sweep();
      expect(await agentView('d11')).toMatchObject({ state: 'lost', obedience: 'obeying' });
      await beat('d11');
      await h.control.sweep();
      expect((await agentView('d11')).obedience).toBe('obeying');
      h.clock.advanceMs(5_100);
      await beat('d11');
      await h.control.sweep();
      expect((await agentView('d11')).obedience).toBe('unconfirmed');
    });

    test('an agent is no longer shown as unconfirmed when its disobedient run has ended', async () => {
      await register(h, 'd12');
      await pause('d12');
      h.clock.advanceMs(5_100);
      await beat('d12');
      await h.control.sweep();
      expect((await agentView('d12')).obedience).toBe('unconfirmed');
      await beat('d12', { state: 'ended' });
      expect((await agentView('d12')).obedience).toBe('obeying');
    });

    test('a run that comes back owes the command that was given while it was lost', async () => {
      await register(h, 'd13');
      h.clock.advanceMs(15_100);
      await h.control.sweep();
      await pause('d13');
      await beat('d13');
      h.clock.advanceMs(5_100);
      await beat('d13');
      await h.control.sweep();
      expect((await agentView('d13')).obedience).toBe('unconfirmed');
    });

    test('an overdue acknowledgement of a release does not tell anybody to stop the process', async () => {
      await register(h, 'd15');
      const command = await pause('d15');
      await ack('d15', command, 'confirmed');
      await h.call('DELETE', `/v1/agents/d15/holds/${command.hold.id}`, { token });
      h.clock.advanceMs(5_100);
      await beat('d15');
      await h.control.sweep();
      const said = async (): Promise<string[]> =>
        (await h.published<Anomaly>(TOPIC.anomalies)).filter((each) => each.agentId === 'd15').map((each) => each.explanation);
      await eventually(async () => (await said()).length > 0);
      expect((await said())[0]).toMatch(/has not taken up a release/);
      expect((await said())[0]).not.toMatch(/Stop the process/);
    });

    test('a run cannot call itself lost to owe nothing', async () => {
      await register(h, 'd14', { state: 'lost' });
      expect(await agentView('d14')).toMatchObject({ state: 'running', liveRuns: 1 });
      await beat('d14', { state: 'lost' });
      await pause('d14');
      h.clock.advanceMs(5_100);
      await beat('d14', { state: 'lost' });
      await h.control.sweep();
      expect(await agentView('d14')).toMatchObject({ state: 'running', obedience: 'unconfirmed' });
    });

    test('a run that has ended owes nothing and never runs again', async () => {
      await register(h, 'd6');
      await pause('d6');
      await beat('d6', { state: 'ended' });
      h.clock.advanceMs(20_000);
      await h.control.sweep();
      expect(await agentView('d6')).toMatchObject({ obedience: 'obeying', state: 'ended' });
      expect((await beat('d6', { state: 'running' })).status).toBe(200);
      expect((await agentView('d6')).state).toBe('ended');
    });

    test('a run that appears while a hold is in force has to acknowledge it as well', async () => {
      await register(h, 'd7');
      const command = await pause('d7');
      await ack('d7', command, 'confirmed');
      await beat('d7', { runId: 'r2' });
      h.clock.advanceMs(5_100);
      await beat('d7', { runId: 'r2' });
      await h.control.sweep();
      expect((await agentView('d7')).obedience).toBe('unconfirmed');
    });

    test('a killed run cannot say that it runs while the kill is in force', async () => {
      await register(h, 'd8');
      const kill = (await h.call('POST', '/v1/agents/d8/holds', { token, body: { action: 'kill', reason: 'r' } })).body;
      await beat('d8', { state: 'killed' });
      await beat('d8', { state: 'running' });
      expect((await agentView('d8')).state).toBe('killed');
      await h.call('DELETE', `/v1/agents/d8/holds/${kill.hold.id}`, { token });
      await beat('d8', { state: 'running' });
      expect((await agentView('d8')).state).toBe('running');
    });

    test('acknowledgements of unknown commands and of wrong epochs are refused, repeats change nothing', async () => {
      await register(h, 'd9');
      const command = await pause('d9');
      expect((await ack('d9', { commandId: 'no-such', epoch: 1 }, 'applied')).status).toBe(404);
      expect((await ack('d9', { ...command, epoch: 7 }, 'applied')).status).toBe(409);
      await ack('d9', command, 'applied');
      await ack('d9', command, 'applied');
      await ack('d9', command, 'received');
      const isThere = async (): Promise<ControlEvent[]> =>
        (await h.published<ControlEvent>(TOPIC.control)).filter((each) => each.agentId === 'd9' && each.type === 'ack');
      await eventually(async () => (await isThere()).length > 0);
      expect(await isThere()).toHaveLength(1);
    });
  });
}
