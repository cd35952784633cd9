import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** The log of the services, as JSON lines. */
export interface ProcessLogger {
  readonly logger: Logger;
  /** Writes what is buffered; call last. */
  close(): void;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** @throws CliError that names the levels there are. */
export function checkLogLevel(level: string): void {
  if (LEVELS.includes(level)) return;
  throw new CliError(EXIT.usage, `--log-level ${JSON.stringify(level)} is no level. There are: ${LEVELS.join(', ')}.`);
}

const REDACTED = ['token', 'authorization', 'password', 'secret', '*.token', '*.authorization', '*.password', '*.secret'];

/** @param file where to; undefined = standard output, for containers. Secrets by these names are cut out wherever they appear. */
export function createProcessLogger(file: string | undefined, level: string): ProcessLogger {
  const stream = destination({ dest: file ?? 1, sync: true, mkdir: true, append: true, mode: 0o600 });
  return {
    logger: pino({ level, redact: { paths: REDACTED, censor: '[cut]' }, base: { service: 'belay' } }, stream as DestinationStream),
    close: () => stream.flushSync(),
  };
}
