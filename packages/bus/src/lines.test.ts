import { HEADER_LINES, HEADER_SCHEMA, MESSAGE_MAX_BYTES, TOPICS } from '@belay/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogMessage, OutgoingMessage } from './bus.ts';
import { bytesOfLine, linesOf, packLines, positionOf } from './lines.ts';

const read = (message: OutgoingMessage): LogMessage => ({ ...message, partition: 3, offset: 42n, headers: message.headers ?? {} });
const pack = (lines: readonly string[], maxBytes?: number): OutgoingMessage[] =>
  packLines({ topic: TOPICS.decisions, key: 'acme/a', lines, timestampUs: 1, ...(maxBytes === undefined ? {} : { maxBytes }) });

test('what is packed is read, in order, and no message is over the bound', () => {
  const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map((text) => `"${text.replaceAll('\n', ' ')}"`);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 130, max: 400 }), (lines, maxBytes) => {
      const messages = pack(lines, maxBytes);
      expect(messages.flatMap((message) => linesOf(read(message)).map(({ text }) => text))).toEqual(
        lines.map((text) => Buffer.from(text).toString()),
      );
      for (const { value } of messages) expect(value?.length).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

test('headers carry the schema version and the number of lines', () => {
  expect(pack(['{}', '{}', '{}'])[0]?.headers).toEqual({ [HEADER_SCHEMA]: '1', [HEADER_LINES]: '3' });
});

test('a message is filled before the next is begun', () => {
  const messages = pack(['a'.repeat(50), 'b'.repeat(49), 'c'], 100);
  expect(messages.map(({ value }) => value?.length)).toEqual([100, 1]);
});

test('a line that fits no message, and a line that would be read as two, are refused', () => {
  expect(() => pack(['x'.repeat(MESSAGE_MAX_BYTES + 1)])).toThrow(expect.objectContaining({ code: 'too_large' }));
  expect(() => pack(['a\nb'])).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test('lines of others: empty ones are skipped and counted, a missing end is no loss, bytes stay as they were', () => {
  const value = Uint8Array.from([123, 125, 10, 10, 255, 254, 13, 10, 91, 93]);
  const message = read({ topic: TOPICS.decisions, key: 'k', value, timestampUs: 1 });
  const lines = linesOf(message);
  expect(lines.map(({ index }) => index)).toEqual([0, 2, 3]);
  expect(lines.map((line) => [...bytesOfLine(message, line)])).toEqual([
    [123, 125],
    [255, 254, 13],
    [91, 93],
  ]);
  expect(positionOf(message, 2)).toBe('3:42:2');
});

test('a tombstone has no lines', () => {
  expect(linesOf(read({ topic: TOPICS.decisions, key: 'k', value: undefined, timestampUs: 1 }))).toEqual([]);
});
