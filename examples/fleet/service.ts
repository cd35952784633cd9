// The sample company's own HTTP service: orders, a catalogue, jobs, and a model that costs money by the token. Kept in memory.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TOPICS = ['gardening', 'sailing', 'bread', 'clockwork', 'glass', 'paper', 'bees', 'maps'] as const;
const jobs = new Map<string, number>();

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => reply(response, 500, { error: String(error) }));
});

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://service');
  const [, area = '', id = ''] = url.pathname.split('/');
  const body = request.method === 'POST' ? JSON.parse(await text(request)) : {};
  switch (`${request.method} /${area}`) {
    case 'GET /orders':
      return reply(response, 200, { id, item: TOPICS[Number(id) % TOPICS.length], quantity: 1 + (Number(id) % 4), status: 'paid' });
    case 'GET /invoices':
      return reply(response, 200, { id, found: false });
    case 'GET /books':
      return reply(response, 200, {
        title: `The ${id} book`,
        pages: 100 + id.length * 17,
        shelf: `${id.slice(0, 1).toUpperCase()}${id.length}`,
      });
    case 'GET /search':
      return reply(response, 200, {
        hits: TOPICS.filter((topic) => topic.includes(url.searchParams.get('q') ?? '')).map((topic) => `/books/${topic}`),
      });
    case 'GET /jobs':
      return reply(response, 200, advanceJob(id));
    case 'POST /complete':
      return reply(response, 200, complete(String(body.prompt ?? '')));
    case 'POST /products':
    case 'POST /shipments':
    case 'POST /messages':
      return reply(response, 201, { ...body, id: `${area}-${id}`, stored: true });
    default:
      return reply(response, 404, { error: `no ${request.method} ${url.pathname}` });
  }
}

/** A job that is a little further each time somebody asks. */
function advanceJob(id: string): { id: string; status: string; done: number; of: number } {
  const done = Math.min(40, (jobs.get(id) ?? 0) + 1);
  jobs.set(id, done);
  return { id, status: done === 40 ? 'finished' : 'running', done, of: 40 };
}

/** A stand-in for a model: priced by the token, the longer the prompt the more. */
function complete(prompt: string): { text: string; usage: { inputTokens: number; outputTokens: number } } {
  const inputTokens = Math.ceil(prompt.length / 4);
  const words = prompt.split(' ').length;
  return {
    text: `Considered ${words} words; the next question is number ${words % 97}.`,
    usage: { inputTokens, outputTokens: 200 + (inputTokens % 100) },
  };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening http://127.0.0.1:${port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
