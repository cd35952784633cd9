import { isBelayError } from '@belay/protocol';
import { EXIT, type ExitCode } from './exit-code.ts';

/** An end that the person at the terminal can do something about: what happened, and how to mend it. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.hint = options.hint;
  }
}

const CODE_BY_ERROR: Readonly<Record<string, ExitCode>> = {
  bad_request: EXIT.usage,
  bad_configuration: EXIT.usage,
  unauthenticated: EXIT.refused,
  forbidden: EXIT.refused,
  agent_not_allowed: EXIT.refused,
  not_found: EXIT.notFound,
  unavailable: EXIT.unreachable,
  timeout: EXIT.unreachable,
};

/** The exit code that stands for `error`; anything unknown is a plain failure. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return isBelayError(error) ? (CODE_BY_ERROR[error.code] ?? EXIT.failure) : EXIT.failure;
}

/** The message of anything thrown, with its causes, on one line. Never a stack. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' && error.message === '' ? error.code : error.message;
  const cause = error.cause === undefined ? '' : messageOf(error.cause);
  return cause === '' || code.includes(cause) ? code : `${code} (${cause})`;
}
