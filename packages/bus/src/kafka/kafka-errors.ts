import { BelayError } from '@belay/protocol';

const RETRY_AFTER_MS = 500;

const FENCED_TYPES = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'TRANSACTION_COORDINATOR_FENCED']);
/** Code of PRODUCER_FENCED, newer than the error table of kafkajs. */
const PRODUCER_FENCED_CODE = 90;
const TOO_LARGE_TYPES = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const MISSING_TYPES = new Set(['UNKNOWN_TOPIC_OR_PARTITION']);
const FORBIDDEN_TYPES = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
]);

interface KafkaFailure {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

function* causes(error: unknown): Generator<KafkaFailure> {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    const failure: KafkaFailure = current;
    yield failure;
    current = failure.cause;
  }
}

/** True when the error, or one that caused it, is of one of kafkajs' types. */
export const hasType = (error: unknown, types: ReadonlySet<string>): boolean =>
  [...causes(error)].some(({ type }) => typeof type === 'string' && types.has(type));

/** True when the broker says that a newer producer has the transactional id. */
export const isFencedByBroker = (error: unknown): boolean =>
  hasType(error, FENCED_TYPES) || [...causes(error)].some(({ code }) => code === PRODUCER_FENCED_CODE);

/** Failures that kafkajs takes for final although brokers that are away, or come back, bring them about. */
const ABSENCES = new Set(['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout', 'KafkaJSTimeout']);

/** True when the error, or one that caused it, only says that no broker was there to answer. */
export const isAbsence = (error: unknown): boolean => [...causes(error)].some(({ name }) => typeof name === 'string' && ABSENCES.has(name));

/** What an error of kafkajs means to a caller of the bus. `doing` completes "while …". */
export function kafkaToBelayError(error: unknown, doing: string): BelayError {
  if (error instanceof BelayError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (hasType(error, TOO_LARGE_TYPES)) {
    return new BelayError(
      'too_large',
      `Kafka refused a message as too large while ${doing}: ${reason}. Raise max.message.bytes of the topic.`,
      options,
    );
  }
  if (hasType(error, FORBIDDEN_TYPES)) {
    return new BelayError(
      'forbidden',
      `Kafka refused access while ${doing}: ${reason}. Grant the client's user this topic, group or transactional id.`,
      options,
    );
  }
  if ([...causes(error)].some(({ name }) => name === 'KafkaJSSASLAuthenticationError')) {
    return new BelayError(
      'unauthenticated',
      `Kafka refused the credentials while ${doing}: ${reason}. Check user, password and mechanism.`,
      options,
    );
  }
  if (hasType(error, MISSING_TYPES)) {
    return new BelayError('bad_configuration', `A topic is missing while ${doing}: ${reason}. Call ensureTopics, or create it.`, options);
  }
  return new BelayError('unavailable', `Kafka did not answer as it should while ${doing}: ${reason}. It is safe to try again.`, {
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
    ...options,
  });
}
