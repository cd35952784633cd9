import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { CollectorLimits } from '../config.ts';
import type { Refusal } from './answer.ts';
import type { InFlightLease } from './in-flight-bytes.ts';

export type BodyOutcome = { readonly body: Buffer; readonly wireBytes: number } | { readonly refused: Refusal };

const unzip = { gzip: promisify(gunzip), deflate: promisify(inflate) };
type Compression = keyof typeof unzip;

/** Back-pressure: too much is in hand already. */
const BUSY: Refusal = {
  status: 503,
  message: 'The collector holds as much as it may; send the same request again later.',
  retryAfterMs: 1000,
};

/**
 * Reads a request's body and takes gzip or deflate off it. Stops at the first byte over a limit, on the wire or decompressed: a zip bomb
 * is never held. Bytes are reserved in `lease` as they come, and given back by the caller.
 */
export async function readBody(request: IncomingMessage, limits: CollectorLimits, lease: InFlightLease): Promise<BodyOutcome> {
  const compression = compressionOf(request);
  if (typeof compression === 'object') return { refused: compression };
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBodyBytes) return { refused: tooLarge('The body', limits.maxBodyBytes) };
  const wire = await receive(request, limits, lease);
  if ('refused' in wire || compression === undefined) return wire;
  const decoded = await decompress(wire.body, compression, limits);
  return 'body' in decoded && !lease.reserve(decoded.body.length) ? { refused: BUSY } : decoded;
}

function compressionOf(request: IncomingMessage): Compression | undefined | Refusal {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return undefined;
  if (encoding === 'gzip' || encoding === 'deflate') return encoding;
  return {
    status: 415,
    message: 'This Content-Encoding is not supported; send gzip, deflate, or none.',
    headers: { 'accept-encoding': 'gzip, deflate' },
  };
}

const tooLarge = (what: string, limit: number): Refusal => ({
  status: 413,
  message: `${what} is larger than ${limit} bytes; send fewer spans per request.`,
});

async function receive(request: IncomingMessage, limits: CollectorLimits, lease: InFlightLease): Promise<BodyOutcome> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.maxBodyBytes) return { refused: tooLarge('The body', limits.maxBodyBytes) };
    if (!lease.reserve(chunk.length)) return { refused: BUSY };
    chunks.push(chunk);
  }
  return { body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), wireBytes: bytes };
}

async function decompress(body: Buffer, compression: Compression, limits: CollectorLimits): Promise<BodyOutcome> {
  try {
    return { body: await unzip[compression](body, { maxOutputLength: limits.maxDecodedBytes }), wireBytes: body.length };
  } catch (error) {
    if (error instanceof RangeError) return { refused: tooLarge('The decompressed body', limits.maxDecodedBytes) };
    return { refused: { status: 400, message: `The body is not ${compression}, as Content-Encoding says; do not resend it.` } };
  }
}
