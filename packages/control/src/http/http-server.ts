import type { Socket } from 'node:net';
import { isBelayError } from '@belay/protocol';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Services } from '../services.ts';
import { allCalls } from './all-calls.ts';
import { type Problem, problem, problemOf } from './problem.ts';
import { registerCalls } from './register-calls.ts';

const URL_MAX = 1_024;
/** For the request to arrive; answers and streams may take as long as they need. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server with every call registered; not listening yet. */
export function createHttpServer(services: Services): FastifyInstance {
  const server = fastify({
    bodyLimit: services.settings.bodyLimitBytes,
    routerOptions: { maxParamLength: URL_MAX },
    forceCloseConnections: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
  });
  server.addHook('onResponse', async (request, reply) => {
    services.metrics.requests.inc({
      route: request.routeOptions.url ?? 'unknown',
      method: request.method,
      status: String(reply.statusCode),
    });
    services.metrics.requestSeconds.observe({ route: request.routeOptions.url ?? 'unknown' }, reply.elapsedTime / 1000);
  });
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, problem('not_found', 'There is no such call. /openapi.json lists those there are.'), undefined),
  );
  server.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.problem.status >= 500) {
      const cause = isBelayError(error) ? error.cause : undefined;
      services.logger.error(
        { route: request.routeOptions.url, error: String(error), ...(cause === undefined ? {} : { cause: String(cause) }) },
        'A call failed.',
      );
    }
    return refuse(reply, answer.problem, answer.retryAfterMs);
  });
  registerCalls(server, services, allCalls());
  watchUnused(server);
  return server;
}

function refuse(reply: FastifyReply, document: Problem, retryAfterMs: number | undefined): FastifyReply {
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  return reply.code(document.status).type('application/problem+json').send(JSON.stringify(document));
}

const IDLE_CHECK_MS = 20;
/** A request on its way over a new connection has this long to arrive when the server closes. */
const UNUSED_GRACE_MS = 100;
/** Connections that have not carried a request yet: Node does not count them as idle, and clients open them in reserve. */
const unusedOf = new WeakMap<FastifyInstance, Set<Socket>>();

function watchUnused(server: FastifyInstance): void {
  const unused = new Set<Socket>();
  unusedOf.set(server, unused);
  server.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', (request) => unused.delete(request.socket));
}

/** Stops accepting, lets the calls in hand be answered, closes connections as they become idle, and after the grace period all of them. */
export async function closeHttpServer(server: FastifyInstance, graceMs: number): Promise<void> {
  const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_CHECK_MS);
  const unused = setTimeout(() => {
    for (const socket of unusedOf.get(server) ?? []) socket.destroy();
  }, UNUSED_GRACE_MS);
  const force = setTimeout(() => server.server.closeAllConnections(), graceMs);
  await server.close();
  clearInterval(idle);
  clearTimeout(unused);
  clearTimeout(force);
}
