import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Ack,
  agentKey,
  generateSigningKey,
  type Heartbeat,
  type Hold,
  mintToken,
  publicJwks,
  type SignedState,
  signState,
} from '@belay/protocol';
import type { JWK } from 'jose';
import { type Loopback, loopback, readBody } from './loopback.test-support.ts';

export interface FakeControl extends Loopback {
  readonly token: string;
  readonly key: JWK;
  readonly acks: Ack[];
  readonly heartbeats: Heartbeat[];
  /** Queries of the streams that were opened. */
  readonly streams: { readonly nonce: string; readonly lastEventId: string | undefined }[];
  readonly polls: URLSearchParams[];
  /** What streams do: work, say 404, or accept and send nothing. */
  streamMode: 'works' | 'missing' | 'silent';
  /** Set while the agent's token is not accepted: how every call of the agent plane is answered, or the one named. */
  refusal: { readonly status: number; readonly detail: string; readonly only?: 'heartbeats' } | undefined;
  /** Calls that were answered so. */
  refused: number;
  /** An acknowledgement counts, and is answered, only after this time. */
  ackDelayMs: number;
  /** Changes what is put on the wire instead of a state. */
  forge: ((state: SignedState) => Promise<string> | string) | undefined;
  /** Puts holds in force and pushes the new state; returns the command id. */
  hold(...holds: readonly Partial<Hold>[]): Promise<string>;
  /** Sends a state as it is given, unchanged. */
  push(state: Partial<SignedState>): Promise<void>;
  acked(commandId: string, state: Ack['state']): Ack | undefined;
}

const TENANT = 'acme';

/** The agent plane of control over a real socket, with real signatures: what a client must live with, and nothing of the service. */
export async function fakeControl(agentId: string, port = 0): Promise<FakeControl> {
  const key = await generateSigningKey();
  const token = await mintToken(key, { sub: 'test', jti: randomUUID(), iat: 1, exp: 4e9, tenant: TENANT, kind: 'agent', agents: '*' });
  const open = new Set<{ readonly response: ServerResponse; readonly nonce: string }>();
  let state: SignedState = { iss: 'belay-control', aud: agentKey(TENANT, agentId), jti: 'j', iat: 0, epoch: 0, holds: [] };
  const body = async (nonce: string | undefined): Promise<string> => {
    const stated = nonce === undefined ? state : { ...state, nonce };
    return JSON.stringify({ state: await (control.forge?.(stated) ?? signState(key, stated)) });
  };
  const send = (response: ServerResponse, data: string): void => void response.write(`event: state\nid: ${state.epoch}\ndata: ${data}\n\n`);
  const stream = async (request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> => {
    const nonce = query.get('nonce') ?? '';
    control.streams.push({ nonce, lastEventId: request.headers['last-event-id'] as string | undefined });
    if (control.streamMode === 'missing') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    if (control.streamMode === 'silent') return;
    const connection = { response, nonce };
    open.add(connection);
    response.on('close', () => open.delete(connection));
    send(response, await body(nonce));
  };
  const server = await loopback(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://control');
    const posted = request.method === 'POST' ? JSON.parse((await readBody(request)).toString('utf8')) : undefined;
    if (url.pathname === '/.well-known/jwks.json') return void response.end(JSON.stringify(publicJwks(key)));
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    if (control.refusal !== undefined && url.pathname.endsWith(control.refusal.only ?? '')) {
      control.refused += 1;
      return void response.writeHead(control.refusal.status).end(JSON.stringify({ detail: control.refusal.detail }));
    }
    if (url.pathname === '/v1/agent/stream') return stream(request, response, url.searchParams);
    if (url.pathname === '/v1/agent/poll') {
      control.polls.push(url.searchParams);
      return void response.end(await body(url.searchParams.get('nonce') ?? ''));
    }
    if (url.pathname === '/v1/agent/acks') {
      if (control.ackDelayMs > 0) await sleep(control.ackDelayMs, undefined, { ref: false });
      control.acks.push(posted);
      return void response.writeHead(204).end();
    }
    control.heartbeats.push(posted);
    response.end(JSON.stringify({ epoch: state.epoch }));
  }, port);
  const push = async (change: Partial<SignedState>): Promise<void> => {
    state = { ...state, ...change };
    const data = await body(undefined);
    for (const { response } of open) send(response, data);
  };
  const control: FakeControl = {
    ...server,
    token,
    key,
    acks: [],
    heartbeats: [],
    streams: [],
    polls: [],
    streamMode: 'works',
    refusal: undefined,
    refused: 0,
    ackDelayMs: 0,
    forge: undefined,
    push,
    hold: async (...holds) => {
      const commandId = randomUUID();
      await push({
        epoch: state.epoch + 1,
        commandId,
        holds: holds.map((hold) => ({ ...A_HOLD, id: randomUUID(), scopeId: agentId, ...hold })),
      });
      return commandId;
    },
    acked: (commandId, ackState) => control.acks.find((ack) => ack.commandId === commandId && ack.state === ackState),
  };
  return control;
}

const A_HOLD: Omit<Hold, 'id' | 'scopeId'> = {
  action: 'pause',
  scope: 'agent',
  reason: 'The same call was made 12 times.',
  cause: { kind: 'operator', ref: 'anna' },
  placedUs: 1,
};
