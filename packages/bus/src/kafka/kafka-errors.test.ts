import { BelayError } from '@belay/protocol';
import { expect, test } from 'vitest';
import { isFencedByBroker, kafkaToBelayError } from './kafka-errors.ts';
import { levelOf } from './kafka-logger.ts';

const failure = (fields: object, cause?: unknown): Error => Object.assign(new Error('why'), fields, cause === undefined ? {} : { cause });

test.each([
  [{ type: 'MESSAGE_TOO_LARGE' }, 'too_large', false],
  [{ type: 'TOPIC_AUTHORIZATION_FAILED' }, 'forbidden', false],
  [{ name: 'KafkaJSSASLAuthenticationError' }, 'unauthenticated', false],
  [{ type: 'UNKNOWN_TOPIC_OR_PARTITION' }, 'bad_configuration', false],
  [{ type: 'NOT_LEADER_FOR_PARTITION' }, 'unavailable', true],
  [{ code: 'ECONNREFUSED' }, 'unavailable', true],
] as const)('%j means %s, also as the cause of a cause', (fields, code, retryable) => {
  for (const error of [failure(fields), failure({ name: 'KafkaJSNumberOfRetriesExceeded' }, failure({}, failure(fields)))]) {
    expect(kafkaToBelayError(error, 'testing')).toMatchObject({
      code,
      retryable,
      cause: error,
      message: expect.stringContaining('testing'),
    });
  }
});

test('an error of ours stays as it is, and what is no error at all is unavailable', () => {
  const ours = new BelayError('fenced', 'x');
  expect(kafkaToBelayError(ours, 'testing')).toBe(ours);
  expect(kafkaToBelayError(undefined, 'testing').code).toBe('unavailable');
});

test('fencing is recognised by type and by the code that kafkajs has no name for', () => {
  expect(isFencedByBroker(failure({ type: 'INVALID_PRODUCER_EPOCH' }))).toBe(true);
  expect(isFencedByBroker(failure({}, failure({ code: 90 })))).toBe(true);
  expect(isFencedByBroker(failure({ type: 'REQUEST_TIMED_OUT' }))).toBe(false);
});

test('lines about what is mended by itself are debug, failed attempts are warnings, a crash is an error', () => {
  expect(levelOf('ERROR', 'The group coordinator is not available')).toBe('debug');
  expect(levelOf('ERROR', 'Response Heartbeat(key: 12, version: 3)', 'The group is rebalancing, so a rejoin is needed')).toBe('debug');
  expect(levelOf('ERROR', 'Connection error: connect ECONNREFUSED 127.0.0.1:9092')).toBe('warn');
  expect(levelOf('ERROR', 'Crash: KafkaJSNonRetriableError: no')).toBe('error');
  expect(levelOf('WARN', 'something new')).toBe('warn');
  expect(levelOf('INFO', 'Consumer has joined the group')).toBe('debug');
});
