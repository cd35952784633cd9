import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Control, createControl, type Database, openApiDocument } from '../index.ts';
import { eventually, type Harness, heartbeat, register, startHarness } from './control.test-support.ts';

/** Hostile and clumsy callers, slow readers, and what is served to everyone. */
export function robustnessContract(open: () => Promise<Database>): void {
  describe('robustness', () => {
    let database: Database;
    let h: Harness;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database, { streamBufferBytes: 20_000, maxStreams: 3, maxRunsPerAgent: 2, pingIntervalMs: 50 });
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    test('a body that is too large is refused with 413 on every plane', async () => {
      const raw = JSON.stringify({ filler: 'x'.repeat(70_000) });
      expect((await h.call('POST', '/v1/agent/heartbeats', { token: await h.agent(), raw })).body).toMatchObject({
        status: 413,
        code: 'too_large',
      });
      expect((await h.call('POST', '/v1/agents/a/holds', { token: await h.operator(), raw })).status).toBe(413);
      expect((await h.call('POST', '/v1/hooks/grafana', { raw: `"${'x'.repeat(1_100_000)}"` })).status).toBe(413);
    });

    test.each([
      ['no JSON', '{"agentId":'],
      ['another shape', '{"agentId":1}'],
      ['unknown fields', JSON.stringify({ ...heartbeat('a'), extra: 1 })],
      ['a prototype', '{"__proto__":{"role":"admin"}}'],
      ['depth', '['.repeat(30_000)],
      ['an agent id with control characters', JSON.stringify(heartbeat('a\u0001b'))],
      ['a NUL character', JSON.stringify(heartbeat('a', { runId: 'r\u0000' }))],
      ['a lone surrogate', JSON.stringify(heartbeat('a', { sessions: ['\ud800'] }))],
    ])('a body with %s is a problem document that says what is wrong', async (_what, raw) => {
      const answer = await h.call('POST', '/v1/agent/heartbeats', { token: await h.agent(), raw });
      expect(answer.body).toMatchObject({ status: 400, code: 'bad_request', type: 'urn:belay:error:bad_request' });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    });

    test('odd characters in paths and queries are a bad request, not an error of ours', async () => {
      expect((await h.call('GET', '/v1/agents/a%00', { token: await h.operator() })).status).toBe(400);
      expect((await h.call('GET', '/v1/runs?agentId=%00', { token: await h.operator() })).status).toBe(400);
      expect((await h.call('GET', '/v1/agents/%ff', { token: await h.operator() })).status).toBe(400);
    });

    test('another content type, another path and another method are refused', async () => {
      const token = await h.agent();
      expect(
        (
          await h.call('POST', '/v1/agent/heartbeats', {
            token,
            raw: 'a=b',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).status,
      ).toBe(415);
      expect((await h.call('GET', '/v1/no-such')).body).toMatchObject({ status: 404, code: 'not_found' });
      expect((await h.call('DELETE', '/v1/agent/acks', { token })).status).toBe(404);
    });

    test('an agent cannot register runs without end', async () => {
      await register(h, 'many', { runId: 'r1' });
      await register(h, 'many', { runId: 'r2' });
      const third = await h.call('POST', '/v1/agent/heartbeats', { token: await h.agent(), body: heartbeat('many', { runId: 'r3' }) });
      expect(third.body).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(third.headers.get('retry-after')).toBe('15');
    });

    test('a client that calls too often is told when to come back', async () => {
      const limited = await startHarness(database, { ratePerSecond: 1 });
      const token = await limited.operator();
      const statuses: number[] = [];
      for (let n = 0; n < 7; n += 1) statuses.push((await limited.call('GET', '/v1/agents', { token })).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
      expect((await limited.call('GET', '/v1/agents', { token: await limited.operator() })).status).toBe(200);
      await limited.stop();
    });

    test('agents that share a token do not share its rate', async () => {
      const limited = await startHarness(database, { ratePerSecond: 1 });
      const token = await limited.agent();
      const beat = async (agentId: string) =>
        (await limited.call('POST', '/v1/agent/heartbeats', { token, body: heartbeat(agentId) })).status;
      const statuses: number[] = [];
      for (let n = 0; n < 6; n += 1) statuses.push(await beat('noisy'));
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
      expect(await beat('quiet')).toBe(200);
      await limited.stop();
    });

    test('stopping ends open streams and waiting polls, and does not wait for them', async () => {
      const other = await startHarness(database);
      const stream = await other.stream('x');
      await stream.next('state');
      const polling = other.call('GET', '/v1/agent/poll?agentId=x&runId=r1&nonce=nonce-0001&epoch=0&wait=30000', {
        token: await other.agent(),
      });
      await eventually(async () => /belay_control_streams 2/.test(await other.control.metrics()));
      const startMs = performance.now();
      await other.stop();
      expect((await polling).status).toBe(200);
      await stream.ended;
      expect(performance.now() - startMs).toBeLessThan(5_000);
    });

    test('guessing tokens is limited by address', async () => {
      const limited = await startHarness(database, { ratePerSecond: 1 });
      const statuses: number[] = [];
      for (let n = 0; n < 7; n += 1) statuses.push((await limited.call('GET', '/v1/agents', { token: `guess.${n}.x` })).status);
      expect(statuses.slice(-2)).toEqual([429, 429]);
      await limited.stop();
    });

    test('streams are bounded in number, kept alive by pings, and closed by the server at stop', async () => {
      const streams = await Promise.all(['s1', 's2', 's3'].map((agentId) => h.stream(agentId)));
      expect(streams.map((stream) => stream.status)).toEqual([200, 200, 200]);
      const fourth = await h.stream('s4');
      expect(fourth.status).toBe(503);
      await streams[0]?.next('ping');
      for (const stream of streams) stream.close();
      await eventually(() => h.control.metrics().then((text) => /belay_control_streams 0/.test(text)));
    });

    test('a client that does not read is dropped, and the others of its agent go on', async () => {
      await register(h, 'slow');
      const reader = await h.stream('slow');
      await reader.next('state');
      const slow = await openWithoutReading(h, 'slow');
      const token = await h.operator();
      const isDropped = async (): Promise<boolean> => /belay_control_dropped_streams_total [1-9]/.test(await h.control.metrics());
      for (let n = 0; n < 200 && !(await isDropped()); n += 1) {
        await h.call('POST', '/v1/agents/slow/holds', { token, body: { action: 'pause', reason: 'x'.repeat(1_000) } });
        h.clock.advanceMs(1);
      }
      expect(await isDropped()).toBe(true);
      expect((await h.verify('slow', (await reader.next('state')).data)).epoch).toBeGreaterThan(0);
      slow.destroy();
      reader.close();
    });

    test('an expired token ends its stream', async () => {
      const exp = Math.floor(h.clock.nowUs() / 1e6) + 30;
      const stream = await h.stream('ex', { token: await h.agent('*', { exp }) });
      await stream.next('state');
      h.clock.advanceMs(31_000);
      await stream.ended;
    });

    test('health, keys and the OpenAPI document are open; the keys hold no secret', async () => {
      expect((await h.call('GET', '/healthz')).body).toEqual({ status: 'ok' });
      expect((await h.call('GET', '/readyz')).body).toEqual({ status: 'ready', log: true });
      const [key] = (await h.call('GET', '/.well-known/jwks.json')).body.keys;
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
      expect(key).not.toHaveProperty('d');
      expect((await h.call('GET', '/openapi.json')).body).toEqual(openApiDocument());
    });

    test('nothing that is logged or answered holds a token or a secret', async () => {
      const token = await h.operator();
      await h.call('POST', '/v1/agents/none/holds', { token, body: { action: 'pause' } });
      expect(JSON.stringify(h.logs)).not.toContain(token.slice(-20));
    });

    test('a port that is taken is said so', async () => {
      const port = Number(new URL(h.control.url).port);
      const starting: Promise<Control> = createControl({ port }, { ...depsOf(h) });
      await expect(starting).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(String(port)) });
    });
  });
}

const depsOf = (h: Harness) => ({
  bus: h.bus,
  database: h.database,
  signingKey: h.signingKey,
  clock: h.clock,
  random: { next: () => 0.5 },
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
});

/** Opens a stream and reads nothing of it, with the smallest socket buffer that the client may have. */
async function openWithoutReading(h: Harness, agentId: string): Promise<{ destroy(): void }> {
  const token = await h.agent();
  const client = request(`${h.control.url}/v1/agent/stream?agentId=${agentId}&runId=r9&nonce=nonce-slow`, {
    headers: { authorization: `Bearer ${token}` },
  });
  client.on('error', () => undefined);
  const response = await new Promise<{ pause(): void }>((resolve) => {
    client.on('response', (incoming) => {
      incoming.pause();
      resolve(incoming);
    });
    client.end();
  });
  response.pause();
  return { destroy: () => void client.destroy() };
}
