import { createHash } from 'node:crypto';
import { BelayError, TOPICS } from '@belay/protocol';
import type { LogMessage, OutgoingMessage } from './bus.ts';

/** A line that could not be read, with what is needed to understand it and to send it again. */
export interface DeadLetter {
  /** The same for the same line at the same position: a repeat after a crash is recognisable. */
  readonly id: string;
  readonly reason: string;
  /** `topic:partition:offset:line`. */
  readonly source: string;
  /** Exactly what was on the log. */
  readonly bytes: Uint8Array;
}

const HEADER_ID = 'belay-dead-letter-id';
const HEADER_REASON = 'belay-reason';
const HEADER_SOURCE = 'belay-source';
const REASON_MAX_CHARACTERS = 500;

/**
 * The message for `belay.dead-letter.v1`. The value is the original bytes, untouched, so that any Kafka tool can show it or put it back; reason
 * (cut at 500 characters), position and id are headers. The key is the source's.
 * @param line number of the line in the message, from 0.
 */
export function deadLetter(
  message: LogMessage,
  line: number,
  bytes: Uint8Array,
  why: { reason: string; timestampUs: number },
): OutgoingMessage {
  const source = `${message.topic}:${message.partition}:${message.offset}:${line}`;
  const id = createHash('sha256').update(source).update('\n').update(bytes).digest('hex').slice(0, 32);
  return {
    topic: TOPICS.deadLetter,
    key: message.key,
    value: bytes,
    headers: { [HEADER_ID]: id, [HEADER_REASON]: why.reason.slice(0, REASON_MAX_CHARACTERS), [HEADER_SOURCE]: source },
    timestampUs: why.timestampUs,
  };
}

/** Reads a message of `belay.dead-letter.v1`. */
export function messageToDeadLetter(message: LogMessage): { letter: DeadLetter } | { malformed: string } {
  const id = message.headers[HEADER_ID];
  const reason = message.headers[HEADER_REASON];
  const source = message.headers[HEADER_SOURCE];
  if (id === undefined || reason === undefined || source === undefined)
    return { malformed: 'a dead letter needs the headers id, reason and source' };
  return { letter: { id, reason, source, bytes: message.value ?? new Uint8Array() } };
}

export interface PoisonLimitConfig {
  /** Largest share of malformed lines that counts as accidents, 0–1; default 0.1. */
  readonly maxShare?: number;
  /** Lines looked back on; default 1,000. The limit is judged when at least a tenth of it was seen. */
  readonly windowLines?: number;
}

/** Counts malformed lines: single ones are dead-lettered, a flood means that the reader or the writer is broken. */
export interface PoisonLimit {
  /** @throws BelayError `corrupt` (permanent: the consumer stops and says so) when the share of malformed lines is over the limit. */
  record(good: number, malformed: number): void;
}

export function createPoisonLimit(config: PoisonLimitConfig = {}): PoisonLimit {
  const maxShare = config.maxShare ?? 0.1;
  const windowLines = config.windowLines ?? 1_000;
  let good = 0;
  let malformed = 0;
  return {
    record(moreGood, moreMalformed) {
      good += moreGood;
      malformed += moreMalformed;
      const total = good + malformed;
      if (total >= windowLines / 10 && malformed > total * maxShare) {
        throw new BelayError(
          'corrupt',
          `${malformed} of the last ${total} lines are malformed, the limit is ${maxShare * 100} %. Reading has stopped; look at ${TOPICS.deadLetter}, then at what writes the topic.`,
        );
      }
      if (total <= windowLines) return;
      good = (good * windowLines) / total / 2;
      malformed = (malformed * windowLines) / total / 2;
    },
  };
}
