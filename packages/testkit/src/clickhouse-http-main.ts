/**
 * Process: the part of ClickHouse's HTTP interface that clients need, in front of chdb (the same engine in process). Loopback only, one
 * query at a time, no passwords: for tests and benches, never for data that matters. Started by {@link startClickHouse}.
 * Arguments: data folder, port (0 = any). Prints `{"port":n}` when ready; ends with its parent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Session } from 'chdb';

const [folder, port] = process.argv.slice(2);
const session = new Session(folder ?? '');

/** Parameters of the interface itself; all others are settings of the engine. */
const INTERFACE_PARAMETERS: ReadonlySet<string> = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'role',
  'user',
  'password',
  'compress',
  'enable_http_compression',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
]);
const STATUS_OF_CODE: Readonly<Record<string, number>> = { '60': 404, '81': 404, '62': 400, '47': 400 };

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const identifier = (text: string): string => `\`${text.replaceAll('`', '\\`')}\``;

let database = 'default';
let tail: Promise<unknown> = Promise.resolve();

/** One query at a time: settings, parameters and the database belong to the session. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = tail.then(work, work);
  tail = next.catch(() => undefined);
  return next;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}

async function useDatabase(name: string): Promise<void> {
  if (name === database) return;
  await session.queryAsync(`USE ${identifier(name)}`);
  database = name;
}

async function run(sql: string, format: string, parameters: URLSearchParams): Promise<Uint8Array> {
  await useDatabase(parameters.get('database') ?? 'default');
  const settings: string[] = [];
  for (const [name, value] of parameters) {
    if (INTERFACE_PARAMETERS.has(name)) continue;
    if (!name.startsWith('param_')) settings.push(name);
    await session.queryAsync(`SET ${identifier(name)} = ${quote(value)}`);
  }
  try {
    const result = await session.queryAsync(sql, { format } as Parameters<Session['queryAsync']>[1]);
    return result.bytes();
  } finally {
    for (const name of settings) await session.queryAsync(`SET ${identifier(name)} = DEFAULT`);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const code = /Code:\s*(\d+)/.exec(text)?.[1] ?? '1002';
  response.writeHead(STATUS_OF_CODE[code] ?? 500, { 'content-type': 'text/plain', 'x-clickhouse-exception-code': code });
  response.end(/DB::Exception/.test(text) ? text : `Code: ${code}. DB::Exception: ${text}`);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  try {
    const sql = [url.searchParams.get('query'), await bodyOf(request)].filter((part) => part).join('\n');
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    const bytes = await inTurn(() => run(sql, format, url.searchParams));
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'x-clickhouse-summary': '{}',
      'content-length': bytes.byteLength,
    });
    response.end(bytes);
  } catch (error) {
    refuse(response, error);
  }
}

// No connection is closed for being slow or idle: after a stall of the machine a client would find its next request on a closed one.
const server = createServer(
  { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
  (request, response) => void answer(request, response),
);
server.listen(Number(port ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});

const end = (): void => {
  session.close();
  process.exit(0);
};
process.on('SIGTERM', end);
process.stdin.on('end', end).resume();
