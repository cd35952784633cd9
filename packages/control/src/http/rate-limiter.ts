/** Token buckets per caller, bounded in number. */
export interface RateLimiter {
  /** Milliseconds to wait; 0 = go ahead. */
  take(key: string, perSecond: number): number;
}

interface Bucket {
  tokens: number;
  atUs: number;
}

const BURST_SECONDS = 5;

/** @param monotonicUs a clock that never goes back. When there are more than `maxKeys` callers the one not seen for longest is forgotten. */
export function createRateLimiter(monotonicUs: () => number, maxKeys = 10_000): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take: (key, perSecond) => {
      const nowUs = monotonicUs();
      const capacity = perSecond * BURST_SECONDS;
      const bucket = buckets.get(key) ?? { tokens: capacity, atUs: nowUs };
      bucket.tokens = Math.min(capacity, bucket.tokens + ((nowUs - bucket.atUs) / 1e6) * perSecond);
      bucket.atUs = nowUs;
      buckets.delete(key);
      buckets.set(key, bucket);
      forgetOldest(buckets, maxKeys);
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000);
      bucket.tokens -= 1;
      return 0;
    },
  };
}

function forgetOldest(buckets: Map<string, Bucket>, maxKeys: number): void {
  if (buckets.size <= maxKeys) return;
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}
