import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';

/** Keys that may be fetched, and fetched again when a new one is met. */
export interface KeySource {
  /** The keys as known; fetched the first time. @throws whatever the fetch throws. */
  current(): Promise<JSONWebKeySet>;
  /** Fetches again, at most every 10 s (somebody may be sending made-up key ids); undefined when it is too soon or the keys are fixed. */
  refreshed(): Promise<JSONWebKeySet | undefined>;
  /** Calls back after the keys were fetched again. */
  onChange(listener: () => void): void;
}

const AGAIN_AFTER_US = 10_000_000;

export function createKeySource(jwks: JSONWebKeySet | (() => Promise<JSONWebKeySet>), clock: Clock): KeySource {
  if (typeof jwks !== 'function') return { current: async () => jwks, refreshed: async () => undefined, onChange: () => undefined };
  const listeners: (() => void)[] = [];
  let keys: Promise<JSONWebKeySet> | undefined;
  let fetchedUs = 0;

  const load = (): Promise<JSONWebKeySet> => {
    fetchedUs = clock.monotonicUs();
    const loading = jwks();
    keys = loading;
    loading.catch(() => {
      if (keys === loading) keys = undefined;
    });
    return loading;
  };

  return {
    current: () => keys ?? load(),
    async refreshed() {
      if (keys !== undefined && clock.monotonicUs() - fetchedUs < AGAIN_AFTER_US) return undefined;
      const fresh = await load();
      for (const listener of listeners) listener();
      return fresh;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}
