import type { Random } from '@belay/protocol';

/** Full jitter over an exponentially growing bound, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). */
export function backoffMs(attempt: number, random: Random, { minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 20));
  return Math.round(minMs / 2 + random.next() * (bound - minMs / 2));
}
