import { TOPICS } from '@belay/protocol';
import { expect, test } from 'vitest';
import type { LogMessage } from './bus.ts';
import { createPoisonLimit, deadLetter, messageToDeadLetter } from './dead-letter.ts';

const source: LogMessage = {
  topic: TOPICS.decisions,
  partition: 1,
  offset: 7n,
  key: 'acme/a',
  value: Buffer.from('x'),
  headers: {},
  timestampUs: 5,
};
const bytes = Uint8Array.from([255, 0, 1]);
const letterFor = (line: number, reason = 'why'): LogMessage => ({
  ...deadLetter(source, line, bytes, { reason, timestampUs: 9 }),
  headers: deadLetter(source, line, bytes, { reason, timestampUs: 9 }).headers ?? {},
  partition: 0,
  offset: 0n,
});

test('a dead letter can be read again: id, reason, position, bytes', () => {
  expect(messageToDeadLetter(letterFor(3))).toEqual({
    letter: { id: expect.stringMatching(/^[0-9a-f]{32}$/), reason: 'why', source: 'belay.decisions.v1:1:7:3', bytes },
  });
});

test('the same line has the same id whatever the reason; another line has another', () => {
  const idOf = (message: LogMessage): string | undefined => message.headers['belay-dead-letter-id'];
  expect(idOf(letterFor(3, 'a'))).toBe(idOf(letterFor(3, 'b')));
  expect(idOf(letterFor(3))).not.toBe(idOf(letterFor(4)));
});

test('a reason of any length is cut, a message without the headers is malformed', () => {
  expect(letterFor(0, 'r'.repeat(9_000)).headers['belay-reason']).toHaveLength(500);
  expect(messageToDeadLetter(source)).toEqual({ malformed: expect.any(String) });
});

test('single bad lines never stop a reader', () => {
  const limit = createPoisonLimit();
  limit.record(0, 5);
  for (let round = 0; round < 200; round += 1) limit.record(95, 5);
});

test('a flood stops it soon, also after a long good time', () => {
  const limit = createPoisonLimit({ maxShare: 0.1, windowLines: 1_000 });
  limit.record(1_000_000, 0);
  expect(() => {
    for (let round = 0; round < 20; round += 1) limit.record(0, 10);
  }).toThrow(expect.objectContaining({ code: 'corrupt', retryable: false }));
});

test('the limit is not judged on a handful of lines', () => {
  createPoisonLimit({ windowLines: 1_000 }).record(0, 99);
  expect(() => createPoisonLimit({ windowLines: 1_000 }).record(0, 100)).toThrow(/100 of the last 100 lines/);
});
