import type { Clock } from '@belay/protocol';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type HttpReply, httpRequest } from '../transport/http-request.ts';
import { retryAfterMs } from '../transport/retry-after.ts';

/** What became of one export request. */
export type SendOutcome =
  | {
      readonly kind: 'accepted';
      readonly rejectedSpans: number;
      readonly reason: string | undefined /** The answer was one of an OTLP collector. */;
      readonly understood: boolean;
    }
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly reason: string }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SpanSender {
  /** Never rejects. */
  send(spans: readonly ReadableSpan[]): Promise<SendOutcome>;
}

export interface OtlpSenderOptions {
  /** Base URL of the collector; `/v1/traces` is added. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Status codes that mean "the same again, later" (OTLP/HTTP, "Retryable Response Codes"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Sends spans by OTLP/HTTP protobuf, once. The stock exporter is not used because its retry timers keep a process alive, it gives up a
 * batch when Retry-After is longer than its time-out, and it does not say which spans were acknowledged; its serialiser is.
 */
export function createOtlpSender({ endpoint, token, timeoutMs, clock }: OtlpSenderOptions): SpanSender {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const headers = { 'content-type': 'application/x-protobuf', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return {
    async send(spans) {
      try {
        const body = ProtobufTraceSerializer.serializeRequest([...spans]);
        if (body === undefined) return { kind: 'refused', reason: 'the spans could not be serialised' };
        return replyToOutcome(await httpRequest({ method: 'POST', url, headers, body, timeoutMs }), clock);
      } catch (error) {
        return { kind: 'retry', afterMs: undefined, reason: error instanceof Error ? error.message : 'unknown network error' };
      }
    },
  };
}

/** What a person has to mend. */
const MEANING: Readonly<Record<number, string>> = {
  401: ' (no token, or one that is expired, revoked or of another platform)',
  403: ' (the token is not for this agent)',
};

/** Judges an answer of a collector; a garbled body of a 200 is still an acceptance, as OTLP says, but it proves nothing. */
function replyToOutcome(reply: HttpReply, clock: Clock): SendOutcome {
  if (reply.status >= 200 && reply.status < 300) return { kind: 'accepted', ...partialSuccess(reply) };
  if (reply.status === 413) return { kind: 'too_large' };
  const reason = `the collector answered ${reply.status}${MEANING[reply.status] ?? ''}`;
  return RETRYABLE.has(reply.status)
    ? { kind: 'retry', afterMs: retryAfterMs(reply.headers['retry-after'], clock.nowUs()), reason }
    : { kind: 'refused', reason };
}

function partialSuccess(reply: HttpReply): { rejectedSpans: number; reason: string | undefined; understood: boolean } {
  const isOtlp = String(reply.headers['content-type'] ?? '').startsWith('application/x-protobuf');
  try {
    const { partialSuccess: partial } = ProtobufTraceSerializer.deserializeResponse(reply.body);
    const rejected = Number(partial?.rejectedSpans ?? 0);
    return {
      rejectedSpans: Number.isFinite(rejected) ? Math.max(0, rejected) : 0,
      reason: partial?.errorMessage?.slice(0, 300),
      understood: isOtlp,
    };
  } catch {
    return { rejectedSpans: 0, reason: undefined, understood: false };
  }
}
