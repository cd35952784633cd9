import type { OperatorRole } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCalls } from '../http/all-calls.ts';
import type { Database } from '../index.ts';
import { ackOf, type Harness, heartbeat, register, startHarness } from './control.test-support.ts';

const ROLES = ['viewer', 'approver', 'operator', 'admin'] as const;
/** Written out by hand: a change of rights has to be made twice. */
const MATRIX: Readonly<Record<string, Readonly<Record<OperatorRole, boolean>>>> = {
  listAgents: { viewer: true, approver: true, operator: true, admin: true },
  getAgent: { viewer: true, approver: true, operator: true, admin: true },
  listRuns: { viewer: true, approver: true, operator: true, admin: true },
  listHolds: { viewer: true, approver: true, operator: true, admin: true },
  listCommands: { viewer: true, approver: true, operator: true, admin: true },
  listAnomalies: { viewer: true, approver: true, operator: true, admin: true },
  listDetectors: { viewer: true, approver: true, operator: true, admin: true },
  streamEvents: { viewer: true, approver: true, operator: true, admin: true },
  listAudit: { viewer: false, approver: false, operator: true, admin: true },
  verifyAudit: { viewer: false, approver: false, operator: true, admin: true },
  placeHold: { viewer: false, approver: false, operator: true, admin: true },
  releaseHold: { viewer: false, approver: false, operator: true, admin: true },
  setDetectorMode: { viewer: false, approver: false, operator: true, admin: true },
  giveFeedback: { viewer: false, approver: false, operator: true, admin: true },
  withdrawFeedback: { viewer: false, approver: false, operator: true, admin: true },
  recordBacktest: { viewer: false, approver: false, operator: true, admin: true },
  listBacktests: { viewer: true, approver: true, operator: true, admin: true },
  readDriftMetrics: { viewer: true, approver: true, operator: true, admin: true },
  readHistory: { viewer: false, approver: false, operator: true, admin: true },
  revokeToken: { viewer: false, approver: false, operator: false, admin: true },
};
const CELLS = Object.entries(MATRIX).flatMap(([id, row]) => ROLES.map((role) => ({ id, role, isAllowed: row[role] })));

/** Roles, tokens, planes and tenants. */
export function operatorsContract(open: () => Promise<Database>): void {
  describe('operators and tokens', () => {
    let database: Database;
    let h: Harness;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database, { detectors: ['loop', 'spend_rate'] });
      await register(h, 'o1');
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    /** Sends the call with a body that is never right, so that what is allowed changes nothing: the answer tells rights from shape. */
    async function statusOf(id: string, token: string): Promise<number> {
      const call = allCalls().find((each) => each.id === id);
      if (call === undefined) throw new Error(`no call ${id}`);
      const path = call.path.replaceAll(/\{\w+\}/g, 'no_such');
      const abort = new AbortController();
      const body = call.method === 'GET' ? {} : { body: '{"unexpected":true}' };
      const response = await fetch(h.control.url + path, {
        method: call.method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: abort.signal,
        ...body,
      });
      abort.abort();
      return response.status;
    }

    test('the matrix covers every operator call', () => {
      const calls = allCalls().filter((call) => call.plane === 'operator');
      expect(calls.map((call) => call.id).sort()).toEqual(Object.keys(MATRIX).sort());
    });

    test.each(CELLS)('$role and $id: allowed is $isAllowed', async ({ id, role, isAllowed }) => {
      const status = await statusOf(id, await h.operator(role));
      if (isAllowed) expect([200, 400, 404, 503]).toContain(status);
      else expect(status).toBe(403);
    });

    test.each(
      allCalls()
        .filter((call) => call.plane === 'operator')
        .map((call) => call.id),
    )('an agent token does not open %s', async (id) => {
      expect(await statusOf(id, await h.agent())).toBe(403);
    });

    test.each(
      allCalls()
        .filter((call) => call.plane === 'agent')
        .map((call) => call.id),
    )('an operator token, even an admin’s, does not open %s', async (id) => {
      expect(await statusOf(id, await h.operator('admin'))).toBe(403);
    });

    test.each(
      allCalls()
        .filter((call) => call.plane === 'agent' || call.plane === 'operator')
        .map((call) => call.id),
    )('%s answers 401 without a token, and to a forged one', async (id) => {
      const other = await startHarnessToken(h);
      expect(await statusOf(id, '')).toBe(401);
      expect(await statusOf(id, other)).toBe(401);
    });

    test('an agent’s token covers its pattern only', async () => {
      const token = await h.agent('o*');
      expect((await h.call('POST', '/v1/agent/heartbeats', { token, body: heartbeat('o1') })).status).toBe(200);
      const foreign = await h.call('POST', '/v1/agent/heartbeats', { token, body: heartbeat('p1') });
      expect(foreign.body).toMatchObject({ status: 403, code: 'agent_not_allowed' });
      expect((await h.call('POST', '/v1/agent/acks', { token, body: ackOf('p1', 'c', 1, 'applied') })).status).toBe(403);
      expect((await h.call('GET', '/v1/agent/poll?agentId=p1&runId=r&nonce=nonce-0001', { token })).status).toBe(403);
      expect((await h.stream('p1', { token })).status).toBe(403);
    });

    test('a token bound to a name and an environment takes no heartbeat that says others or none, and still opens the state', async () => {
      const token = await h.agent('o*', { bound: { agentNames: 'billing', environments: 'prod*' } });
      const beat = (said: object) => h.call('POST', '/v1/agent/heartbeats', { token, body: { ...heartbeat('o2'), ...said } });
      const refused = await beat({ name: 'trusted', environment: 'prod' });
      expect(refused.body).toMatchObject({
        status: 403,
        code: 'agent_not_allowed',
        detail: expect.stringContaining('agent name "trusted"'),
      });
      expect((await beat({ name: 'billing', environment: 'test' })).body.detail).toContain('environment "test"');
      expect((await beat({ name: 'billing' })).body.detail).toContain('says no environment');
      expect((await beat({ name: 'billing', environment: 'prod-eu' })).status).toBe(200);
      expect((await h.call('GET', '/v1/agent/poll?agentId=o2&runId=r&nonce=nonce-0001', { token })).status).toBe(200);
    });

    test('an agent cannot release itself: its token is refused where holds are released', async () => {
      const placed = await h.call('POST', '/v1/agents/o1/holds', { token: await h.operator(), body: { action: 'pause', reason: 'r' } });
      expect((await h.call('DELETE', `/v1/agents/o1/holds/${placed.body.hold.id}`, { token: await h.agent() })).status).toBe(403);
      expect((await h.call('GET', '/v1/holds?agentId=o1', { token: await h.operator() })).body.holds).toHaveLength(1);
    });

    test('another tenant sees and changes nothing of ours', async () => {
      const theirs = await h.operator('admin', { tenant: 'someone-else' });
      expect((await h.call('GET', '/v1/agents', { token: theirs })).body.agents).toEqual([]);
      expect((await h.call('GET', '/v1/agents/o1', { token: theirs })).status).toBe(404);
      expect((await h.call('POST', '/v1/agents/o1/holds', { token: theirs, body: { action: 'kill', reason: 'x' } })).status).toBe(404);
      const [hold] = (await h.call('GET', '/v1/holds', { token: await h.operator() })).body.holds;
      expect((await h.call('DELETE', `/v1/agents/o1/holds/${hold.id}`, { token: theirs })).status).toBe(404);
      expect((await h.call('GET', '/v1/audit', { token: theirs })).body.entries).toEqual([]);
      const agent = await h.agent('*', { tenant: 'someone-else' });
      const acked = await h.call('POST', '/v1/agent/acks', { token: agent, body: ackOf('o1', 'c', 1, 'applied') });
      expect(acked.status).toBe(404);
    });

    test('a revoked token is refused at once and its streams are closed', async () => {
      const jti = crypto.randomUUID();
      const token = await h.agent('*', { jti });
      const stream = await h.stream('o1', { token });
      await stream.next('state');
      const admin = await h.operator('admin');
      expect((await h.call('POST', '/v1/tokens/revoke', { token: admin, body: { jti } })).body).toEqual({ jti, isNew: true });
      await stream.ended;
      expect((await h.call('POST', '/v1/agent/heartbeats', { token, body: heartbeat('o1') })).status).toBe(401);
      expect((await h.call('POST', '/v1/tokens/revoke', { token: admin, body: { jti } })).body).toEqual({ jti, isNew: false });
    });

    test('revoking by another tenant does not touch a token of ours', async () => {
      const jti = crypto.randomUUID();
      const token = await h.agent('*', { jti });
      await h.call('POST', '/v1/tokens/revoke', { token: await h.operator('admin', { tenant: 'someone-else' }), body: { jti } });
      expect((await h.call('POST', '/v1/agent/heartbeats', { token, body: heartbeat('o1') })).status).toBe(200);
    });

    test('the same Idempotency-Key gives the same answer and one effect; with another request it is a conflict', async () => {
      await register(h, 'o2');
      const token = await h.operator();
      const send = (reason: string) =>
        h.call('POST', '/v1/agents/o2/holds', { token, body: { action: 'pause', reason }, headers: { 'idempotency-key': 'k1' } });
      const [first, second] = await Promise.all([send('r'), send('r')]);
      expect(first.status).toBe(201);
      expect(second.body).toEqual(first.body);
      expect((await h.call('GET', '/v1/holds?agentId=o2', { token })).body.holds).toHaveLength(1);
      expect((await send('another')).body).toMatchObject({ status: 409, code: 'conflict' });
    });

    test('the live view shows the tenant’s control events, and no other’s', async () => {
      const { readEvents } = await import('./event-reader.test-support.ts');
      const mine = await readEvents(`${h.control.url}/v1/events`, { authorization: `Bearer ${await h.operator('viewer')}` });
      const theirs = await readEvents(`${h.control.url}/v1/events`, {
        authorization: `Bearer ${await h.operator('viewer', { tenant: 'someone-else' })}`,
      });
      await mine.next('ping');
      await theirs.next('ping');
      const placed = await h.call('POST', '/v1/agents/o1/holds', { token: await h.operator(), body: { action: 'pause', reason: 'seen' } });
      const event = JSON.parse((await mine.next('control')).data);
      expect(event).toMatchObject({ type: 'hold.placed', hold: { id: placed.body.hold.id } });
      await expect(theirs.next('control', 100)).rejects.toThrow('no event');
      mine.close();
      theirs.close();
    });
  });
}

/** A token signed by a key that this control does not know. */
async function startHarnessToken(h: Harness): Promise<string> {
  const { generateSigningKey, mintToken } = await import('@belay/protocol');
  const nowS = Math.floor(h.clock.nowUs() / 1e6);
  return mintToken(await generateSigningKey(), {
    sub: 'mallory',
    jti: 'forged',
    iat: nowS,
    exp: nowS + 600,
    tenant: h.tenant,
    kind: 'operator',
    role: 'admin',
  });
}
