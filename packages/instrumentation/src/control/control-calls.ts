import type { IncomingMessage } from 'node:http';
import type { Ack, Heartbeat } from '@belay/protocol';
import type { JSONWebKeySet } from 'jose';
import { type HttpReply, httpRequest, httpStream } from '../transport/http-request.ts';
import type { ControlEndpoint } from './control-endpoint.ts';

/** A call whose answer shows whether control accepts the token. */
export type AnsweredCall = 'poll' | 'ack' | 'heartbeat';

/** The calls of the agent plane (docs/contracts.md §2.8). Each rejects on a network failure; status codes are the caller's business. */
export interface ControlCalls {
  stream(query: {
    readonly nonce: string;
    readonly lastEventId: string | undefined;
    readonly signal: AbortSignal;
  }): Promise<IncomingMessage>;
  poll(query: { readonly nonce: string; readonly epoch: number | undefined; readonly waitMs: number }): Promise<HttpReply>;
  ack(ack: Ack): Promise<HttpReply>;
  heartbeat(heartbeat: Heartbeat): Promise<HttpReply>;
  keys(): Promise<JSONWebKeySet>;
}

export function createControlCalls(
  endpoint: ControlEndpoint,
  { agentId, runId, requestMs }: { readonly agentId: string; readonly runId: string; readonly requestMs: number },
  /** Sees every answer to this agent's token but that of the stream; a stream that is refused is followed by a poll. */
  onReply: (reply: HttpReply, call: AnsweredCall) => void = () => undefined,
): ControlCalls {
  const authorization = { authorization: `Bearer ${endpoint.token}` };
  const who = { agentId, runId };
  const at = (path: string, query: Record<string, string>): string => `${endpoint.url}${path}?${new URLSearchParams(query)}`;
  const seen = async (call: AnsweredCall, reply: Promise<HttpReply>): Promise<HttpReply> => {
    onReply(await reply, call);
    return reply;
  };
  const post = (path: string, body: object): Promise<HttpReply> =>
    httpRequest({
      method: 'POST',
      url: endpoint.url + path,
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: requestMs,
    });
  return {
    stream: ({ nonce, lastEventId, signal }) =>
      httpStream({
        method: 'GET',
        url: at('/v1/agent/stream', { ...who, nonce }),
        headers: { ...authorization, accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
        signal,
      }),
    poll: ({ nonce, epoch, waitMs }) =>
      seen(
        'poll',
        httpRequest({
          method: 'GET',
          url: at('/v1/agent/poll', { ...who, nonce, wait: String(waitMs), ...(epoch === undefined ? {} : { epoch: String(epoch) }) }),
          headers: authorization,
          timeoutMs: waitMs + requestMs,
        }),
      ),
    ack: (ack) => seen('ack', post('/v1/agent/acks', ack)),
    heartbeat: (heartbeat) => seen('heartbeat', post('/v1/agent/heartbeats', heartbeat)),
    keys: async () => {
      const reply = await httpRequest({ method: 'GET', url: `${endpoint.url}/.well-known/jwks.json`, headers: {}, timeoutMs: requestMs });
      const body: unknown = JSON.parse(reply.body.toString('utf8'));
      if (typeof body !== 'object' || body === null || !('keys' in body) || !Array.isArray(body.keys)) throw new Error('not a key set');
      return { keys: body.keys.slice(0, 32) };
    },
  };
}
