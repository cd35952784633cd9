/**
 * Keys whose values change from one answer to the next without the answer having changed. Compared in lower case without `_` and `-`. Cursors and
 * page tokens are not among them: another page is progress.
 */
export const DEFAULT_VOLATILE_KEYS: readonly string[] = [
  'requestId',
  'reqId',
  'xRequestId',
  'traceId',
  'spanId',
  'traceparent',
  'correlationId',
  'responseId',
  'nonce',
  'timestamp',
  'ts',
  'now',
  'serverTime',
  'currentTime',
  'generatedAt',
  'fetchedAt',
  'retrievedAt',
  'checkedAt',
  'respondedAt',
  'elapsed',
  'elapsedMs',
  'durationMs',
  'took',
  'tookMs',
  'latencyMs',
  'responseTimeMs',
  'expiresIn',
  'rateLimitRemaining',
  'xRatelimitRemaining',
];

const KNOWN_MAX = 4096;
const predicates: WeakMap<readonly string[], (key: string) => boolean> = new WeakMap();

/** A predicate for keys of a list; remembers the keys it has judged, at most 4,096. */
export function volatileKeys(keys: readonly string[]): (key: string) => boolean {
  const before = predicates.get(keys);
  if (before !== undefined) return before;
  const predicate = createPredicate(new Set(keys.map(fold)));
  predicates.set(keys, predicate);
  return predicate;
}

function createPredicate(volatile: ReadonlySet<string>): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = key.length <= 64 && volatile.has(fold(key));
    if (known.size < KNOWN_MAX && key.length <= 64) known.set(key, answer);
    return answer;
  };
}

const fold = (key: string): string => key.toLowerCase().replaceAll(/[_-]/g, '');
