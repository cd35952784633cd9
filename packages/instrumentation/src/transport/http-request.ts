import { type ClientRequest, Agent as HttpAgent, request as httpRequestOf, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequestOf } from 'node:https';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { awakeTimer } from './awake-timer.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Whole time for connecting, sending and reading the answer, ms; what the process was asleep does not count. */
  readonly timeoutMs: number;
  /** Answers longer than this fail. */
  readonly maxReplyBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const MAX_REPLY_BYTES = 262_144;
const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: 16 }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: 16 }),
};

/**
 * Sends a request whose socket never keeps the process alive, and which the host's own HTTP instrumentation does not trace. Follows no
 * redirect (a token must not travel on).
 * @throws whatever the network says, and on time-out or an answer that is too long.
 */
export function httpRequest(call: HttpCall): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const request = openRequest(call, (response) => collect(response, call.maxReplyBytes ?? MAX_REPLY_BYTES).then(resolve, reject));
  const cancel = awakeTimer(call.timeoutMs, () => request.destroy(new Error(`No answer within ${call.timeoutMs} ms.`)));
  request.on('error', reject);
  request.end(call.body);
  return promise.finally(cancel);
}

/** As {@link httpRequest}, but hands over the answer as soon as its head is there; the caller reads the body and owns every time-out. */
export function httpStream(call: Omit<HttpCall, 'timeoutMs' | 'maxReplyBytes'>): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = openRequest(call, resolve);
  request.on('error', reject);
  request.end();
  return promise;
}

function openRequest(call: Omit<HttpCall, 'timeoutMs'>, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const url = new URL(call.url);
  const secure = url.protocol === 'https:';
  const options = {
    method: call.method,
    headers: { ...call.headers, ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }) },
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  };
  const open = (): ClientRequest =>
    secure
      ? httpsRequestOf(url, { ...options, agent: agents['https:'] }, onResponse)
      : httpRequestOf(url, { ...options, agent: agents['http:'] }, onResponse);
  const request = context.with(suppressTracing(ROOT_CONTEXT), open);
  request.on('socket', (socket) => socket.unref());
  return request;
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      response.destroy();
      throw new Error(`The answer is longer than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
