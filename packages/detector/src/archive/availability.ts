import { BelayError, type Clock, isBelayError } from '@belay/protocol';
import type { Logger } from 'pino';

/** What a part of the archive is doing. `waiting`: the store is away, nothing is lost, it tries again. `stopped`: it needs a person. */
export type LaneState =
  | { readonly state: 'running' }
  | { readonly state: 'waiting'; readonly sinceUs: number; readonly failures: number; readonly reason: string }
  | { readonly state: 'stopped'; readonly sinceUs: number; readonly reason: string };

export interface AvailabilityOptions {
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly alarmEveryMs: number;
}

/** Knows whether the store answers, says so when that changes, and how long to wait before the next try. */
export interface Availability {
  state(): LaneState;
  succeeded(): void;
  /** The error to answer the log with: retryable failures carry the back-off, others are passed through. */
  failed(error: unknown): BelayError;
  stopped(reason: string): void;
}

export function createAvailability(options: AvailabilityOptions): Availability {
  const { what, clock, logger } = options;
  let current: LaneState = { state: 'running' };
  let alarmedUs = Number.NEGATIVE_INFINITY;

  const alarm = (reason: string, retryAfterMs: number): void => {
    if (clock.monotonicUs() - alarmedUs < options.alarmEveryMs * 1000) return;
    alarmedUs = clock.monotonicUs();
    logger.error({ what, reason, retryAfterMs }, 'the archive cannot store; it waits, the log keeps everything, detection goes on');
  };
  return {
    state: () => current,
    succeeded: () => {
      if (current.state !== 'waiting') return;
      logger.info({ what, waitedMs: Math.round((clock.nowUs() - current.sinceUs) / 1000) }, 'the archive stores again');
      current = { state: 'running' };
      alarmedUs = Number.NEGATIVE_INFINITY;
    },
    failed: (error) => {
      const failure = isBelayError(error)
        ? error
        : new BelayError('internal', `Archiving ${what} failed: ${String(error)}`, { cause: error });
      if (!failure.retryable) return failure;
      const failures = current.state === 'waiting' ? current.failures + 1 : 1;
      const sinceUs = current.state === 'waiting' ? current.sinceUs : clock.nowUs();
      const retryAfterMs = Math.min(options.maxBackoffMs, options.minBackoffMs * 2 ** Math.min(failures - 1, 20));
      current = { state: 'waiting', sinceUs, failures, reason: failure.message };
      alarm(failure.message, retryAfterMs);
      return new BelayError(failure.code, failure.message, { retryable: true, retryAfterMs, cause: failure });
    },
    stopped: (reason) => {
      current = { state: 'stopped', sinceUs: clock.nowUs(), reason };
      logger.fatal({ what, reason }, 'the archive has stopped; what comes stays on the log until it is mended and started again');
    },
  };
}
