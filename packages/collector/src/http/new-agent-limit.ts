import type { Clock } from '@belay/protocol';

/** `retryAfterMs`: when the request may be sent again, unchanged. */
type Admission = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** Bounds how many agent ids one token can bring into being (each costs the detectors memory for good). */
export interface NewAgentLimit {
  /** Takes a request's agents as a whole or not at all; ids seen before are free. */
  admit(tenant: string, tokenId: string, agentIds: Iterable<string>): Admission;
}

export interface NewAgentLimitOptions {
  readonly clock: Clock;
  /** New ids at once. A request with more than that is let in when nothing was spent lately, so that none is stuck for ever. */
  readonly burst: number;
  readonly perSecond: number;
}

const KNOWN_MAX = 500_000;
const BUCKETS_MAX = 10_000;

interface Bucket {
  tokens: number;
  atUs: number;
}

/** One token bucket per credential; in memory, so each collector counts for itself and forgets at a restart. */
export function createNewAgentLimit({ clock, burst, perSecond }: NewAgentLimitOptions): NewAgentLimit {
  const known = new Set<string>();
  const buckets = new Map<string, Bucket>();

  const refilled = (tokenId: string): Bucket => {
    const nowUs = clock.monotonicUs();
    const bucket = buckets.get(tokenId) ?? { tokens: burst, atUs: nowUs };
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowUs - bucket.atUs) / 1e6) * perSecond);
    bucket.atUs = nowUs;
    buckets.set(tokenId, bucket);
    evictOldest(buckets, BUCKETS_MAX);
    return bucket;
  };

  return {
    admit(tenant, tokenId, agentIds) {
      const fresh: string[] = [];
      for (const agentId of agentIds) if (!known.has(`${tenant}/${agentId}`)) fresh.push(`${tenant}/${agentId}`);
      if (fresh.length === 0) return { ok: true };
      const bucket = refilled(`${tenant}/${tokenId}`);
      const cost = Math.min(fresh.length, burst);
      if (bucket.tokens < cost) return { ok: false, retryAfterMs: Math.ceil(((cost - bucket.tokens) / perSecond) * 1000) };
      bucket.tokens -= cost;
      for (const key of fresh) known.add(key);
      evictOldest(known, KNOWN_MAX);
      return { ok: true };
    },
  };
}

function evictOldest(
  entries: { readonly size: number; keys(): IterableIterator<string>; delete(key: string): boolean },
  max: number,
): void {
  for (const key of entries.keys()) {
    if (entries.size <= max) return;
    entries.delete(key);
  }
}
