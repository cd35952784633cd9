import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendTraces } from './send-traces.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function collector(answers: ((response: ServerResponse) => void)[]): Promise<{ url: string; authorization: (string | undefined)[] }> {
  const authorization: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorization.push(request.headers.authorization);
    request.resume().on('end', () => (answers.shift() ?? ((reply) => reply.writeHead(500).end()))(response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authorization };
}

const target = (url: string) => ({ collector: url, token: 'secret-token', signal: new AbortController().signal });

describe('sendTraces', () => {
  it('tries again on 503 and then counts what was accepted', async () => {
    const { url, authorization } = await collector([(reply) => reply.writeHead(503).end(), (reply) => reply.writeHead(200).end('{}')]);
    expect(await sendTraces('{}', target(url))).toEqual({ kind: 'accepted', rejectedSpans: 0, message: undefined });
    expect(authorization).toEqual(['Bearer secret-token', 'Bearer secret-token']);
  });

  it('tries again when the connection is lost in the middle of the answer', async () => {
    const { url } = await collector([
      (reply) => {
        reply.writeHead(200, { 'content-length': '100' });
        reply.write('{', () => reply.destroy());
      },
      (reply) => reply.writeHead(200).end('{}'),
    ]);
    expect(await sendTraces('{}', target(url))).toEqual({ kind: 'accepted', rejectedSpans: 0, message: undefined });
  });

  it('tells a partial success with its reason', async () => {
    const { url } = await collector([
      (reply) => reply.writeHead(200).end('{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no agent id"}}'),
    ]);
    expect(await sendTraces('{}', target(url))).toEqual({ kind: 'accepted', rejectedSpans: 3, message: 'no agent id' });
  });

  it('does not send again what was refused as malformed', async () => {
    const { url } = await collector([(reply) => reply.writeHead(400).end('bad protobuf\nmore')]);
    expect(await sendTraces('{}', target(url))).toEqual({ kind: 'refused', status: 400, message: 'bad protobuf' });
  });

  it('says how to get a token when it is refused, and never repeats the token', async () => {
    const { url } = await collector([(reply) => reply.writeHead(401).end('unauthenticated')]);
    const failure = await sendTraces('{}', target(url)).catch((error: unknown) => error as Error & { exitCode: number; hint: string });
    expect(failure).toMatchObject({ exitCode: 4, hint: expect.stringContaining('belay token agent') });
    expect(JSON.stringify(failure)).not.toContain('secret-token');
  });

  it('says after two seconds what it waits for', async () => {
    const abort = new AbortController();
    const said = new Promise<string>((resolve) => {
      const waiting = { collector: 'http://127.0.0.1:1', token: undefined, signal: abort.signal, onWaiting: resolve };
      sendTraces('{}', waiting).catch(() => undefined);
    });
    expect(await said).not.toBe('');
    abort.abort();
  });
});
