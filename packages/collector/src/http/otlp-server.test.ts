import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { BelayError } from '@belay/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { CollectorLimits } from '../config.ts';
import { startCollector, type TestCollector } from '../testing/collector.for-test.ts';
import { decode, encodeRequest } from '../testing/otlp-protobuf.for-test.ts';
import { request, spanIdOf, toolSpan } from '../testing/otlp-spans.for-test.ts';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const one = JSON.stringify(request([toolSpan()]));

let collector: TestCollector | undefined;
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
});

async function start(limits: Partial<CollectorLimits> = {}): Promise<TestCollector> {
  collector = await startCollector({ limits });
  return collector;
}

describe('an export that is taken', () => {
  it('is answered 200 with an empty message, in its own encoding, once the log has it', async () => {
    const { post, log } = await start();
    const json = await post(one);
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([200, 'application/json', '{}']);
    const protobuf = await post(encodeRequest(JSON.parse(one) as object), PROTOBUF);
    expect([protobuf.status, protobuf.headers.get('content-type'), await protobuf.text()]).toEqual([200, 'application/x-protobuf', '']);
    expect(log.events()).toHaveLength(2);
  });

  it.each([
    ['gzip', gzipSync(one)],
    ['deflate', deflateSync(one)],
    ['GZIP', gzipSync(one)],
    ['identity', Buffer.from(one)],
  ])('may come as %s', async (encoding, body) => {
    const { post, log } = await start();
    expect((await post(body, { 'content-encoding': encoding })).status).toBe(200);
    expect(log.events()).toHaveLength(1);
  });

  it('with bad spans is a partial success that says how many and why, in both encodings', async () => {
    const { post, log } = await start();
    const body = request([toolSpan(), toolSpan({ 'gen_ai.agent.id': 'a\nb' }), toolSpan({}, { spanId: '' }), toolSpan({}, { spanId: '' })]);
    const expected = { rejectedSpans: 3, errorMessage: '3 spans rejected: bad_agent_id 1, bad_span_id 2. Do not resend them.' };
    const json = await post(JSON.stringify(body));
    expect([json.status, await json.json()]).toEqual([200, { partialSuccess: { ...expected, rejectedSpans: '3' } }]);
    const protobuf = await post(encodeRequest(body), PROTOBUF);
    expect(decode('ExportTraceServiceResponse', new Uint8Array(await protobuf.arrayBuffer()))).toEqual({ partialSuccess: expected });
    expect(log.events()).toHaveLength(2);
  });

  it('without a decision publishes nothing', async () => {
    const { post, log } = await start();
    expect((await post('{}')).status).toBe(200);
    expect((await post(JSON.stringify(request([])))).status).toBe(200);
    expect(log.messages).toEqual([]);
  });

  it("packs the lines of one agent, in order, into one message under the agent's key", async () => {
    const { post, log } = await start();
    const spans = ['b/1', 'a', 'b/1'].map((id, i) => toolSpan({ 'gen_ai.agent.id': id }, { spanId: spanIdOf(i) }));
    await post(JSON.stringify(request(spans)));
    expect(log.messages.map(({ key, headers }) => [key, headers])).toEqual([
      ['acme/b%2F1', { 'belay-schema': '1', 'belay-lines': '2' }],
      ['acme/a', { 'belay-schema': '1', 'belay-lines': '1' }],
    ]);
    expect(log.events().map(({ trace }) => trace.spanId)).toEqual([spanIdOf(0), spanIdOf(2), spanIdOf(1)]);
  });
});

describe('an export that is not taken', () => {
  it.each([
    ['no JSON', 'x', {}, 400],
    ['no OTLP', '[]', {}, 400],
    ['broken protobuf', Buffer.from([0x0a, 0x7f]), PROTOBUF, 400],
    ['no gzip although it says so', 'x', { 'content-encoding': 'gzip' }, 400],
    ['cut gzip', gzipSync(one).subarray(0, 40), { 'content-encoding': 'gzip' }, 400],
    ['an unknown compression', one, { 'content-encoding': 'br' }, 415],
    ['an unknown content type', one, { 'content-type': 'text/plain' }, 415],
    ['no token', one, { authorization: '' }, 401],
    ['another scheme', one, { authorization: 'Basic YTpi' }, 401],
    ['a token of nobody', one, { authorization: 'Bearer x.y.z' }, 401],
  ])('because of %s', async (_, body, headers, status) => {
    const { post, log } = await start();
    const response = await post(body, headers as unknown as Record<string, string>);
    expect(response.status).toBe(status);
    expect(log.messages).toEqual([]);
  });

  it('is told why in a google.rpc.Status of its own encoding', async () => {
    const { post } = await start();
    const json = await post('x');
    expect([json.headers.get('content-type'), await json.json()]).toEqual([
      'application/json',
      { code: 3, message: 'The body is not JSON; do not resend it.' },
    ]);
    const protobuf = await post(Buffer.from([0x0a, 0x7f]), PROTOBUF);
    expect(protobuf.headers.get('content-type')).toBe('application/x-protobuf');
    expect(decode('RpcStatus', new Uint8Array(await protobuf.arrayBuffer()))).toMatchObject({
      code: 3,
      message: expect.stringContaining('protobuf'),
    });
  });

  it.each([
    ['GET', '/v1/traces', 405],
    ['POST', '/healthz', 405],
    ['POST', '/v1/logs', 404],
    ['GET', '/', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const { url } = await start();
    expect((await fetch(url + path, { method })).status).toBe(status);
  });

  it('because of too many spans is 413', async () => {
    collector = await startCollector({ mapping: { hashKey: new Uint8Array(32), limits: { maxSpans: 1 } } });
    expect((await collector.post(JSON.stringify(request([toolSpan(), toolSpan()])))).status).toBe(413);
  });
});

describe('the log behind it', () => {
  it('failing for now is 503 with its own Retry-After, rounded up', async () => {
    const { post, log } = await start();
    log.behaviour = () => Promise.reject(new BelayError('overloaded', 'full', { retryable: true, retryAfterMs: 2300 }));
    const response = await post(one);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
  });

  it('failing for good is 500, which exporters do not resend', async () => {
    const { post, log } = await start();
    log.behaviour = () => Promise.reject(new BelayError('corrupt', 'disk'));
    expect((await post(one)).status).toBe(500);
    log.behaviour = () => Promise.reject(new Error('bug'));
    expect((await post(one)).status).toBe(500);
  });

  it('silent for too long is 503', async () => {
    const { post, log } = await start({ publishTimeoutMs: 20 });
    log.behaviour = () => new Promise(() => undefined);
    expect((await post(one)).status).toBe(503);
  });
});

describe('slow and greedy callers', () => {
  it('that never finish their headers or their body are cut off', async () => {
    const { port } = await start({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
    const answerTo = (opening: string): Promise<string> =>
      new Promise((resolve) => {
        let received = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(opening));
        socket.on('data', (data) => {
          received += data.toString();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(received));
      });
    const token = await collector?.token();
    const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`;
    const answers = await Promise.all([answerTo('POST /v1/traces HTTP/1.1\r\nhost'), answerTo(head)]);
    expect(answers[0]).toContain('408');
    expect(answers.every((answer) => !answer.includes(' 200 '))).toBe(true);
  });

  it('over the limit of connections are turned away', async () => {
    const { port } = await start({ maxConnections: 1 });
    const first = connect(port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    const second = connect(port, '127.0.0.1');
    await new Promise((resolve) => second.once('close', resolve).once('error', () => undefined));
    first.destroy();
    expect(second.destroyed).toBe(true);
  });
});

describe('probes', () => {
  it('healthz says that the process answers, readyz that the log does', async () => {
    const { url, log } = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    log.healthy = false;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('metrics count what was received, accepted, skipped and rejected, by reason', async () => {
    const { url, post } = await start();
    await post(JSON.stringify(request([toolSpan(), { ...toolSpan(), attributes: [] }, toolSpan({}, { traceId: '' })])));
    await post('x');
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of [
      'belay_collector_spans_received_total 3',
      'belay_collector_decisions_accepted_total 1',
      'belay_collector_spans_skipped_total 1',
      'belay_collector_spans_rejected_total{reason="bad_trace_id"} 1',
      'belay_collector_requests_total{status="200",encoding="json"} 1',
      'belay_collector_requests_total{status="400",encoding="json"} 1',
      'belay_collector_in_flight_bytes 0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
