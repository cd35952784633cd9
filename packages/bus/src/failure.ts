import { BelayError } from '@belay/protocol';

const RETRY_AFTER_MS = 200;

/** What a handler's rejection means: how long to wait before the same batch again, or what stops the consumer. */
export type HandlerFailure =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly error: BelayError }
  | { readonly kind: 'stop'; readonly error: unknown };

export function failureOf(error: unknown): HandlerFailure {
  if (error instanceof BelayError && error.retryable) return { kind: 'retry', afterMs: error.retryAfterMs ?? RETRY_AFTER_MS, error };
  return { kind: 'stop', error };
}
