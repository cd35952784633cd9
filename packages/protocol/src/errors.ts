/** Stable identifiers of what can go wrong; documented in docs/errors.md. Append-only. */
export type BelayErrorCode =
  | 'bad_request'
  | 'bad_configuration'
  | 'unauthenticated'
  | 'forbidden'
  | 'agent_not_allowed'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'
  | 'overloaded'
  | 'timeout'
  | 'fenced'
  | 'corrupt'
  | 'internal';

export interface BelayErrorOptions {
  /** True when the same call may succeed later, unchanged. */
  retryable?: boolean;
  /** How long to wait before the next try, where the failing side said so. */
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * The one error type of the platform. The message says what happened, to what, why, and what to do next.
 * Callers branch on `code` and `retryable`, never on the message.
 */
export class BelayError extends Error {
  readonly code: BelayErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: BelayErrorCode, message: string, options: BelayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BelayError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export const isBelayError = (value: unknown): value is BelayError => value instanceof BelayError;

/** Compile-time proof that a union is handled; at run time, a clear error. */
export function assertNever(value: never, what: string): never {
  throw new BelayError('internal', `Unhandled ${what}: ${JSON.stringify(value)}`);
}
