/** Keys whose values change from one answer to the next without the answer having changed. Compared in lower case without `_` and `-`. */
export const DEFAULT_VOLATILE_KEYS: readonly string[] = [
  'requestId',
  'reqId',
  'traceId',
  'spanId',
  'correlationId',
  'traceparent',
  'responseId',
  'xRequestId',
  'timestamp',
  'ts',
  'now',
  'serverTime',
  'currentTime',
  'generatedAt',
  'fetchedAt',
  'retrievedAt',
  'checkedAt',
  'date',
  'elapsed',
  'elapsedMs',
  'duration',
  'durationMs',
  'took',
  'tookMs',
  'latencyMs',
  'responseTimeMs',
  'etag',
  'nonce',
  'cursor',
  'nextPageToken',
  'expiresIn',
  'rateLimitRemaining',
  'xRatelimitRemaining',
];

const MAX_DEPTH = 64;
const fold = (key: string): string => key.toLowerCase().replaceAll(/[_-]/g, '');

/** A copy without the volatile keys, at every depth; values deeper than 64 are left as they are. */
export function withoutVolatile(value: unknown, keys: readonly string[]): unknown {
  const volatile = new Set(keys.map(fold));
  return volatile.size === 0 ? value : strip(value, volatile, 0);
}

function strip(value: unknown, volatile: ReadonlySet<string>, depth: number): unknown {
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => strip(item, volatile, depth + 1));
  const kept: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) if (!volatile.has(fold(key))) kept.push([key, strip(item, volatile, depth + 1)]);
  return Object.fromEntries(kept);
}
