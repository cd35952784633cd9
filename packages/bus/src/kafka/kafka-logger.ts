import type { logCreator, logLevel } from 'kafkajs';
import { kafkajs } from './kafkajs.ts';

/** Where the bus says what happens to it; pino's shape. */
export interface BusLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

type Level = keyof BusLogger;

/**
 * Lines of kafkajs that announce something which is expected and mended by kafkajs or by us, whatever level it gives them: first use of a group, a rebalance
 * in progress, a leader that moves. What cannot be mended ends as a BelayError at the caller.
 */
const EXPECTED: readonly RegExp[] = [
  /coordinator is not available/i,
  /coordinator is loading|group_load_in_progress/i,
  /not the (correct )?coordinator/i,
  /group is rebalancing|rebalance in progress|re-joining/i,
  /not aware of this member|unknown_member_id/i,
  /does not host this topic-partition|no leader for this topic-partition|not the leader for that topic-partition/i,
  // A failed send makes us take a new producer (see producer-source.ts), which is what this warning asks for.
  /Limiting retries for the idempotent producer/,
  /concurrent operation on the same transaction/i,
  // Answered as `fenced` to the checkpoint writer.
  /old epoch|newer producer with the same transactionalId/i,
];

const isExpected = (message: string, error: unknown): boolean =>
  EXPECTED.some((pattern) => pattern.test(message) || (typeof error === 'string' && pattern.test(error)));

/** The level at which a line of kafkajs is passed on: its ERROR means "one attempt failed", so it is a warning, unless the client has crashed. */
export function levelOf(label: string, message: string, error?: unknown): Level {
  if (isExpected(message, error)) return 'debug';
  if (label === 'ERROR') return message.startsWith('Crash') ? 'error' : 'warn';
  if (label === 'WARN') return 'warn';
  return 'debug';
}

/** Passes the lines of kafkajs on to a structured logger. */
export const createLogCreator =
  (logger: BusLogger): logCreator =>
  () =>
  ({ label, namespace, log }) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log;
    logger[levelOf(label, message, fields.error)]({ ...fields, client: 'kafkajs', namespace }, message);
  };

export const silentLogger: BusLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** INFO: kafkajs' own DEBUG costs string work per request. */
export const KAFKAJS_LOG_LEVEL: logLevel = kafkajs.logLevel.INFO;
