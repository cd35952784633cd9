import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../cli-error.ts';

/** What the status server tells; each is asked on each request. */
export interface StatusSource {
  readonly isReady: () => Promise<boolean>;
  readonly metrics: () => Promise<string>;
  readonly status: () => Promise<unknown>;
}

export interface StatusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Health and metrics of a process on a port of its own: `/healthz`, `/readyz`, `/metrics` (Prometheus), `/status` (JSON). Read only; it
 * holds no secret, and is meant for this machine or a private network.
 */
export async function startStatusServer(source: StatusSource, address: { host: string; port: number }): Promise<StatusServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'method not allowed\n');
    answer(source, new URL(request.url ?? '/', 'http://status').pathname, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', `${messageOf(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`, stop: () => close(server) };
}

async function answer(source: StatusSource, path: string, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/healthz':
      return send(response, 200, 'text/plain', 'ok\n');
    case '/readyz': {
      const ready = await source.isReady();
      return send(response, ready ? 200 : 503, 'text/plain', ready ? 'ready\n' : 'not ready\n');
    }
    case '/metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await source.metrics());
    case '/status':
      return send(response, 200, 'application/json', JSON.stringify(await source.status()));
    default:
      return send(response, 404, 'text/plain', 'not found\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
