import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import type { CollectorLimits } from '../config.ts';
import { createRecordingLog, startCollector, type TestCollector } from '../testing/collector.for-test.ts';
import { request, toolSpan } from '../testing/otlp-spans.for-test.ts';

let collector: TestCollector | undefined;
afterEach(() => collector?.stop());

async function start(limits: Partial<CollectorLimits>): Promise<TestCollector> {
  collector = await startCollector({ limits });
  return collector;
}

/** Sends without a content length, as a stream does. */
async function postChunked(
  { port, token }: TestCollector,
  chunks: readonly Buffer[],
  headers: Record<string, string> = {},
): Promise<number> {
  const authorization = `Bearer ${await token()}`;
  return new Promise((resolve, reject) => {
    const options = {
      port,
      method: 'POST',
      path: '/v1/traces',
      headers: { authorization, 'content-type': 'application/json', ...headers },
    };
    const outgoing = httpRequest(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
  });
}

const MIB = 1_048_576;

it('a body over the limit is 413, declared or streamed', async () => {
  const target = await start({ maxBodyBytes: 1000 });
  expect((await target.post(Buffer.alloc(1001, ' '))).status).toBe(413);
  expect(await postChunked(target, [Buffer.alloc(600, ' '), Buffer.alloc(600, ' ')])).toBe(413);
  expect(target.log.messages).toEqual([]);
});

it('a body of exactly the limit is taken', async () => {
  const body = JSON.stringify(request([toolSpan()]));
  const target = await start({ maxBodyBytes: body.length });
  expect((await target.post(body)).status).toBe(200);
});

it('a zip bomb is 413 and is never unpacked beyond the limit', async () => {
  const target = await start({ maxDecodedBytes: MIB });
  const bomb = gzipSync(Buffer.alloc(128 * MIB));
  expect(bomb.length).toBeLessThan(MIB);
  const before = process.memoryUsage().rss;
  expect((await target.post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
});

it('what is in hand is bounded: the next is 503 with Retry-After, and taken once there is room', async () => {
  const log = createRecordingLog();
  let acknowledge = (): void => undefined;
  log.behaviour = () =>
    new Promise((resolve) => {
      acknowledge = resolve;
    });
  const body = JSON.stringify(request([toolSpan()]));
  collector = await startCollector({ limits: { maxInFlightBytes: Math.floor(body.length * 1.5) } }, log);
  const first = collector.post(body);
  await expect.poll(() => collector?.metrics(), { interval: 5 }).toContain(`in_flight_bytes ${body.length}\n`);
  const second = await collector.post(body);
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
  log.behaviour = () => Promise.resolve();
  acknowledge();
  expect((await first).status).toBe(200);
  expect((await collector.post(body)).status).toBe(200);
});

it('a caller who hangs up while sending leaves nothing in hand', async () => {
  const target = await start({});
  const authorization = `Bearer ${await target.token()}`;
  const headers = { authorization, 'content-type': 'application/json', 'content-length': '5000' };
  const outgoing = httpRequest({ port: target.port, method: 'POST', path: '/v1/traces', headers });
  outgoing.on('error', () => undefined);
  outgoing.write(Buffer.alloc(2000, ' '));
  await expect.poll(() => target.metrics(), { interval: 5 }).toContain('in_flight_bytes 2000\n');
  outgoing.destroy();
  await expect.poll(() => target.metrics(), { interval: 5 }).toContain('in_flight_bytes 0\n');
});

it('stop waits for what is in hand, turns the rest away, and closes', async () => {
  const log = createRecordingLog();
  let acknowledge = (): void => undefined;
  log.behaviour = () =>
    new Promise((resolve) => {
      acknowledge = resolve;
    });
  collector = await startCollector({}, log);
  const inHand = collector.post(JSON.stringify(request([toolSpan()])));
  await expect.poll(() => collector?.metrics(), { interval: 5 }).not.toContain('in_flight_bytes 0\n');
  let stopped = false;
  const stopping = collector.stop().then(() => {
    stopped = true;
  });
  await expect(fetch(`${collector.url}/readyz`)).rejects.toThrow();
  expect(stopped).toBe(false);
  acknowledge();
  const answer = await inHand;
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  await stopping;
  expect(log.events()).toHaveLength(1);
});

it('stop does not wait longer than it may', async () => {
  const log = createRecordingLog();
  log.behaviour = () => new Promise(() => undefined);
  collector = await startCollector({ limits: { drainTimeoutMs: 50 } }, log);
  const inHand = collector.post(JSON.stringify(request([toolSpan()])));
  const outcome = expect(inHand).rejects.toThrow();
  await expect.poll(() => collector?.metrics(), { interval: 5 }).not.toContain('in_flight_bytes 0\n');
  await collector.stop();
  await outcome;
});

it('a port that is taken is said so', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  await expect(startCollector({ port: (other.address() as AddressInfo).port })).rejects.toThrow(/free the port/);
  other.close();
});
