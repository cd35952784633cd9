/** The two encodings of OTLP/HTTP; an answer comes in the encoding of its request. */
export type Encoding = 'protobuf' | 'json';

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What went wrong with a whole request. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 500 | 503;
  /** What happened, why, and what to do next; holds nothing of the payload or the credential. */
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const CONTENT_TYPES: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** google.rpc.Code of each status: OTLP wants a google.rpc.Status as the body of 4xx and 5xx. */
const RPC_CODES: Readonly<Record<Refusal['status'], number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};

/** The answer to a request of which nothing was taken. 429 and 503 carry Retry-After (whole seconds, at least 1). */
export function refusalAnswer(refusal: Refusal, encoding: Encoding): Answer {
  const code = RPC_CODES[refusal.status];
  const body =
    encoding === 'json'
      ? Buffer.from(JSON.stringify({ code, message: refusal.message }))
      : Buffer.concat([Buffer.from([8, code]), textField(18, refusal.message)]);
  const retry = refusal.status === 429 || refusal.status === 503 ? { 'retry-after': String(retrySeconds(refusal.retryAfterMs)) } : {};
  return { status: refusal.status, headers: { 'content-type': CONTENT_TYPES[encoding], ...retry, ...refusal.headers }, body };
}

const retrySeconds = (retryAfterMs = 1000): number => Math.max(1, Math.ceil(retryAfterMs / 1000));

/**
 * The answer to a request that was taken: every span of it is on the log, was no decision, or is counted in `rejected`.
 * @param reasons how many spans were rejected for each reason.
 */
export function acceptedAnswer(reasons: ReadonlyMap<string, number>, encoding: Encoding): Answer {
  const headers = { 'content-type': CONTENT_TYPES[encoding] };
  if (reasons.size === 0) return { status: 200, headers, body: encoding === 'json' ? EMPTY_JSON : EMPTY };
  const rejected = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  const errorMessage = `${rejected} spans rejected: ${[...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ')}. Do not resend them.`;
  const body =
    encoding === 'json'
      ? Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans: String(rejected), errorMessage } }))
      : textField(10, Buffer.concat([Buffer.from([8]), varint(rejected), textField(18, errorMessage)]));
  return { status: 200, headers, body };
}

const EMPTY_JSON = Buffer.from('{}');
const EMPTY = Buffer.alloc(0);

/** A length-delimited protobuf field. */
function textField(tag: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
