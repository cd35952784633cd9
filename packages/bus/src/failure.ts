import { BelayError } from '@belay/protocol';
import type { ConsumerHandler, PartitionAssignment } from './bus.ts';

const RETRY_AFTER_MS = 200;

/** What a handler's rejection means: how long to wait before the same batch again, or what stops the consumer. */
export type HandlerFailure =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly error: BelayError }
  | { readonly kind: 'stop'; readonly error: unknown };

export function failureOf(error: unknown): HandlerFailure {
  if (error instanceof BelayError && error.retryable) return { kind: 'retry', afterMs: error.retryAfterMs ?? RETRY_AFTER_MS, error };
  return { kind: 'stop', error };
}

/** Another opened the checkpoints of the partition: its handler's state is not the newest any more. */
export const isFenced = (error: unknown): boolean => error instanceof BelayError && error.code === 'fenced';

/** How long a fenced handler waits before it takes the partition back: longer than a member that lost it needs to hear of that. */
export const FENCED_PAUSE_MS = 2_000;

/** Tells the handler that a partition is gone. Being fenced while saving a last state is expected then: the next owner was quicker. */
export async function revoke(handler: ConsumerHandler, assignment: PartitionAssignment): Promise<void> {
  try {
    await handler.onRevoked?.(assignment);
  } catch (error) {
    if (!isFenced(error)) throw error;
  }
}
