import { BelayError, isBelayError } from '@belay/protocol';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True when running the same transaction again is the answer. */
export const isTransient = (error: unknown): boolean => [SERIALIZATION_FAILURE, DEADLOCK].includes(codeOf(error) ?? '');

/** SQLSTATE classes of a server that is away, full, shutting down or has lost the connection; and no SQLSTATE at all: the socket. */
function isAway(code: string | undefined): boolean {
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57)/.test(code);
}

/** BelayErrors pass; what the database throws becomes `unavailable` (retryable) or `internal`. */
export function databaseErrorOf(error: unknown): BelayError {
  if (isBelayError(error)) return error;
  const code = codeOf(error);
  if (error instanceof TypeError || error instanceof RangeError)
    return new BelayError('internal', 'A programming error in control.', { cause: error });
  if (isAway(code)) {
    return new BelayError('unavailable', 'The control database cannot be reached; nothing was changed. Try again.', {
      cause: error,
      retryable: true,
      retryAfterMs: 1_000,
    });
  }
  return new BelayError('internal', `The control database refused a statement (SQLSTATE ${code}).`, { cause: error });
}
