import { setTimeout as timer } from 'node:timers/promises';
import { BelayError, type Clock, type Random } from '@belay/protocol';
import type { OutgoingMessage, Publisher } from './bus.ts';

export interface RetryingPublisherConfig {
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly random: Random;
  /** Time after which the last error is passed on, in ms; default 30,000. `Infinity`: until `signal`. */
  readonly maxElapsedMs?: number;
  /** First wait in ms, doubled each time, with ±50 % jitter; default 50. A longer `retryAfterMs` of the error wins. */
  readonly initialDelayMs?: number;
  /** Longest wait in ms before jitter; default 2,000. */
  readonly maxDelayMs?: number;
  /** Ends the waiting: the last error is passed on. */
  readonly signal?: AbortSignal;
  /** How to wait; default a timer of the runtime. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Publishes again what was rejected as retryable; passes on what is permanent at once. Messages may be on the log more than once. Order per key
 * holds only for callers that wait for one publish before the next.
 */
export function createRetryingPublisher(config: RetryingPublisherConfig): Publisher {
  const { publisher, clock, random, signal } = config;
  const maxElapsedUs = (config.maxElapsedMs ?? 30_000) * 1000;
  const maxDelayMs = config.maxDelayMs ?? 2_000;
  const sleep = config.sleep ?? ((ms: number) => timer(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined));
  return {
    async publish(messages: readonly OutgoingMessage[]): Promise<void> {
      const startedUs = clock.monotonicUs();
      for (let delayMs = config.initialDelayMs ?? 50; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
        try {
          return await publisher.publish(messages);
        } catch (error) {
          if (!(error instanceof BelayError) || !error.retryable || signal?.aborted) throw error;
          const waitMs = Math.max(delayMs * (0.5 + random.next()), error.retryAfterMs ?? 0);
          if (clock.monotonicUs() - startedUs + waitMs * 1000 > maxElapsedUs) throw error;
          await sleep(waitMs);
        }
      }
    },
  };
}
