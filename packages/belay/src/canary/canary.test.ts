import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { agentKey, generateSigningKey, publicJwks, type SignedState, signState, systemClock } from '@belay/protocol';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { mint } from '../up/tokens.ts';
import { startCanary } from './canary.ts';

type SigningKey = Awaited<ReturnType<typeof generateSigningKey>>;

const PAUSED: SignedState['holds'] = [
  {
    id: 'h',
    action: 'pause',
    scope: 'agent',
    scopeId: 'belay-canary',
    reason: 'r',
    cause: { kind: 'operator', ref: 'ann' },
    placedUs: 1,
  },
];

/** A control that pauses the whole canary and answers nothing else. */
async function pausingControl(key: SigningKey): Promise<string> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://control');
    if (url.pathname === '/.well-known/jwks.json') response.end(JSON.stringify(publicJwks(key)));
    if (url.pathname !== '/v1/agent/stream') return;
    const nonce = url.searchParams.get('nonce') ?? '';
    const state = { iss: 'belay-control', aud: agentKey('t', 'belay-canary'), jti: 'j', iat: 1, epoch: 1, holds: PAUSED, nonce } as const;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`event: state\ndata: ${JSON.stringify({ state: await signState(key, state) })}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a canary that somebody has paused is a broken loop, said so; it neither hangs nor ends the process', async () => {
  const key = await generateSigningKey();
  const url = await pausingControl(key);
  const { token } = await mint(key, { kind: 'agent', subject: 'c', tenant: 't', agents: 'belay-canary*', lifetimeDays: 1 }, systemClock);
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
  const canary = startCanary({
    collector: url,
    control: url,
    token,
    operatorToken: 'o',
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    newId: () => crypto.randomUUID(),
    timeoutMs: 50,
  });
  const problemOfTrip = async (): Promise<string | undefined> => {
    await canary.fly();
    return canary.status().problem;
  };
  await expect.poll(problemOfTrip).toMatch(/paused/);
  expect(unhandled).toEqual([]);
});
