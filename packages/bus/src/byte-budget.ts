import { BelayError } from '@belay/protocol';

/** Bound on the bytes that wait for the log. Back-pressure is an answer: what does not fit is refused at once, never queued. */
export interface ByteBudget {
  /** @throws BelayError `overloaded` (retryable, with `retryAfterMs`) when `bytes` do not fit. An empty queue takes any one request. */
  take(bytes: number): void;
  give(bytes: number): void;
  readonly usedBytes: number;
}

const RETRY_AFTER_MS = 200;

/** @param limitBytes most bytes that may wait. */
export function createByteBudget(limitBytes: number): ByteBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used > 0 && used + bytes > limitBytes) {
        throw new BelayError(
          'overloaded',
          `${used} of ${limitBytes} bytes already wait for the log. Send again after ${RETRY_AFTER_MS} ms.`,
          {
            retryable: true,
            retryAfterMs: RETRY_AFTER_MS,
          },
        );
      }
      used += bytes;
    },
    give(bytes) {
      used -= bytes;
    },
    get usedBytes() {
      return used;
    },
  };
}
