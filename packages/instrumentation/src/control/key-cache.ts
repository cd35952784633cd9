import type { Clock } from '@belay/protocol';
import type { JSONWebKeySet } from 'jose';

const FRESH_MS = 300_000;
const REFETCH_MS = 1000;

/** Control's public keys, fetched when needed and again when a signature could not be verified with them (keys rotate), but not in a storm. */
export interface KeyCache {
  keys(): Promise<JSONWebKeySet>;
  /** The keys did not verify: fetch anew next time, unless that was just done. True when a second try makes sense. */
  expire(): boolean;
}

export function createKeyCache(fetchKeys: () => Promise<JSONWebKeySet>, clock: Clock): KeyCache {
  let held: { readonly keys: JSONWebKeySet; readonly atUs: number } | undefined;
  const ageMs = (): number => (held === undefined ? Number.POSITIVE_INFINITY : (clock.monotonicUs() - held.atUs) / 1000);
  return {
    async keys() {
      if (held === undefined || ageMs() > FRESH_MS) held = { keys: await fetchKeys(), atUs: clock.monotonicUs() };
      return held.keys;
    },
    expire() {
      if (held === undefined || ageMs() < REFETCH_MS) return false;
      held = undefined;
      return true;
    },
  };
}
