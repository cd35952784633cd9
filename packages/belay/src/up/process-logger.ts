import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** The log of the services, as JSON lines. */
export interface ProcessLogger {
  readonly logger: Logger;
  /** Writes what is buffered; call last. */
  close(): void;
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
