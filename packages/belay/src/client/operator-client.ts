import { randomUUID } from 'node:crypto';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Connection } from './connection.ts';

/** Calls of control's operator plane. Every failure is a CliError that says what to do. */
export interface OperatorClient {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  delete(path: string, body?: unknown): Promise<unknown>;
  /** A server-sent event stream; ends when `signal` aborts. */
  stream(path: string, signal: AbortSignal, lastEventId?: string): Promise<ReadableStream<Uint8Array>>;
}

const TIMEOUT_MS = 10_000;

export function createOperatorClient(connection: Connection): OperatorClient {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await send(connection, path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: method === 'GET' ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return undefined;
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    delete: (path, body) => call('DELETE', path, body ?? {}),
    stream: async (path, signal, lastEventId) => {
      const headers: Record<string, string> = {
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      };
      const response = await send(connection, path, { signal, headers });
      if (response.body === null) throw new CliError(EXIT.unreachable, `Control at ${connection.control} sent an empty stream.`);
      return response.body;
    },
  };
}

async function send(connection: Connection, path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
  const headers = { ...init.headers, ...(connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` }) };
  let response: Response;
  try {
    response = await fetch(`${connection.control}${path}`, { ...init, headers });
  } catch (cause) {
    throw new CliError(EXIT.unreachable, `Control does not answer at ${connection.control}: ${messageOf(cause)}.`, {
      hint: 'Start a platform with "belay up", or give its address with --control URL or --data DIR.',
      cause,
    });
  }
  if (!response.ok) throw await refusal(response, connection);
  return response;
}

const CODES: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  503: EXIT.unreachable,
};

const HINTS: Readonly<Record<number, string>> = {
  401: "Run in the folder of the platform's data, or give an operator token: --token FILE or BELAY_OPERATOR_TOKEN. A new one: belay token operator.",
  403: 'The role of this token does not allow it. A token with another role: belay token operator --role operator.',
  503: 'Control is starting or its database is away: "belay doctor" says which.',
};

/** RFC 9457 problem documents, with or without their members. */
async function refusal(response: Response, connection: Connection): Promise<CliError> {
  const text = (await response.text()).slice(0, 4096);
  const problem = parseProblem(text);
  const what = problem ?? `HTTP ${response.status} from ${connection.control}`;
  const hint =
    response.status === 401 && connection.token === undefined ? `No operator token was found. ${HINTS[401]}` : HINTS[response.status];
  return new CliError(CODES[response.status] ?? EXIT.failure, what, hint === undefined ? {} : { hint });
}

function parseProblem(text: string): string | undefined {
  try {
    const { title, detail } = JSON.parse(text) as { title?: unknown; detail?: unknown };
    if (typeof detail === 'string') return detail;
    return typeof title === 'string' ? title : undefined;
  } catch {
    return undefined;
  }
}
