import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Bus } from '@belay/bus';
import { type Clock, isBelayError } from '@belay/protocol';
import type { Logger } from 'pino';
import { type Answer, type Encoding, type Refusal, refusalAnswer } from './answer.ts';
import { type ExportDeps, exportTraces } from './export-traces.ts';

export interface OtlpServerDeps extends ExportDeps {
  readonly bus: Pick<Bus, 'isHealthy'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The collector's HTTP door. */
export interface OtlpServer {
  readonly server: Server;
  /** From now on: not ready, and exports are told to come again; what is in hand goes on. */
  drain(): void;
}

export function createOtlpServer(deps: OtlpServerDeps): OtlpServer {
  const { limits } = deps;
  const state = { draining: false };
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
      maxHeaderSize: 16_384,
      noDelay: true,
    },
    (request, response) => void serve(request, response, state, deps),
  );
  server.maxConnections = limits.maxConnections;
  return {
    server,
    drain() {
      state.draining = true;
    },
  };
}

interface ServerState {
  draining: boolean;
}

async function serve(request: IncomingMessage, response: ServerResponse, state: ServerState, deps: OtlpServerDeps): Promise<void> {
  try {
    const answer = await route(request, state, deps);
    if (answer === undefined || response.destroyed) return;
    const close = state.draining ? { connection: 'close' } : {};
    response.writeHead(answer.status, { ...answer.headers, ...close, 'content-length': answer.body.length });
    response.end(answer.body);
  } catch (error) {
    // A body that never ends is the sender's doing; anything else is ours, and is said without a word of the payload.
    if (!request.complete) response.destroy();
    else fail(error, request, response, deps.logger);
  }
}

function fail(error: unknown, request: IncomingMessage, response: ServerResponse, logger: Logger): void {
  logger.error(
    { err: isBelayError(error) ? { code: error.code, message: error.message } : error, path: request.url },
    'collector request failed',
  );
  if (response.headersSent) return void response.destroy();
  const answer = refusalAnswer(
    { status: 500, message: 'The collector failed on this request; the reason is in its log.' },
    encodingOf(request) ?? 'json',
  );
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  response.end(answer.body);
}

async function route(request: IncomingMessage, state: ServerState, deps: OtlpServerDeps): Promise<Answer> {
  const path = (request.url ?? '/').split('?', 1)[0];
  switch (path) {
    case '/v1/traces':
      return request.method === 'POST' ? traces(request, state, deps) : refuse(request, notAllowed('POST'));
    case '/healthz':
    case '/readyz':
    case '/metrics':
      return request.method === 'GET' || request.method === 'HEAD' ? probe(path, state, deps) : refuse(request, notAllowed('GET, HEAD'));
    default:
      return refuse(request, { status: 404, message: 'There is nothing here; decisions go to POST /v1/traces.' });
  }
}

const refuse = (request: IncomingMessage, refusal: Refusal): Answer => refusalAnswer(refusal, encodingOf(request) ?? 'json');

const notAllowed = (allow: string): Refusal => ({ status: 405, message: `This path takes ${allow} only.`, headers: { allow } });

/** Undefined when the content type is none that OTLP/HTTP knows. */
function encodingOf(request: IncomingMessage): Encoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : undefined;
}

async function traces(request: IncomingMessage, state: ServerState, deps: OtlpServerDeps): Promise<Answer> {
  const startedUs = deps.clock.monotonicUs();
  const encoding = encodingOf(request);
  const answer = await tracesAnswer(request, encoding, state, deps);
  deps.metrics.requests.inc({ status: String(answer.status), encoding: encoding ?? 'unknown' });
  deps.metrics.requestSeconds.observe((deps.clock.monotonicUs() - startedUs) / 1e6);
  return answer;
}

async function tracesAnswer(
  request: IncomingMessage,
  encoding: Encoding | undefined,
  state: ServerState,
  deps: OtlpServerDeps,
): Promise<Answer> {
  if (encoding === undefined) {
    return refuse(request, { status: 415, message: 'Send application/x-protobuf or application/json (OTLP/HTTP).' });
  }
  if (state.draining)
    return refuse(request, { status: 503, message: 'This collector is stopping; send the same request again.', retryAfterMs: 1000 });
  return exportTraces(request, encoding, deps);
}

async function probe(path: '/healthz' | '/readyz' | '/metrics', state: ServerState, deps: OtlpServerDeps): Promise<Answer> {
  if (path === '/metrics') return text(200, await deps.metrics.registry.metrics(), deps.metrics.registry.contentType);
  if (path === '/healthz') return text(200, 'ok\n');
  if (state.draining) return text(503, 'stopping\n');
  return (await deps.bus.isHealthy()) ? text(200, 'ready\n') : text(503, 'the log does not answer\n');
}

const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): Answer => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});
