import { HEADER_LINES, TOPICS } from '@belay/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from './bus.ts';
import { joinLines } from './join-lines.ts';
import { linesOf, packLines } from './lines.ts';

const of = (key: string, lines: readonly string[]): OutgoingMessage[] =>
  packLines({ topic: TOPICS.decisions, key, lines, timestampUs: 1_000 });

const textsOf = (messages: readonly OutgoingMessage[], key: string): string[] =>
  messages
    .filter((message) => message.key === key)
    .flatMap((message) => linesOf({ ...message, headers: message.headers ?? {}, partition: 0, offset: 0n }).map(({ text }) => text));

test('no line is lost or moved within its key, whatever comes together, and each message says how many it has', () => {
  const call = fc.tuple(
    fc.constantFrom('a', 'b', 'c'),
    fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
      const messages = calls.flatMap(([key, lines]) =>
        of(
          key,
          lines.map((line) => JSON.stringify(line)),
        ),
      );
      const joined = joinLines(messages);
      for (const key of ['a', 'b', 'c']) expect(textsOf(joined, key)).toEqual(textsOf(messages, key));
      for (const message of joined) expect(message.headers?.[HEADER_LINES]).toBe(String(textsOf([message], message.key).length));
      expect(joined.length).toBe(new Set(calls.map(([key]) => key)).size);
    }),
  );
});

test('a joined message is bounded', () => {
  const line = 'x'.repeat(30_000);
  const joined = joinLines([...of('a', [line]), ...of('a', [line]), ...of('a', [line])]);
  expect(joined.map(({ value }) => value?.length)).toEqual([60_001, 30_000]);
});

test('messages with other headers, of other schemas, with a partition of their own or without a value are left as they are', () => {
  const [line] = of('a', ['1']);
  if (line === undefined) throw new Error('no message');
  const others: OutgoingMessage[] = [
    line,
    { ...line, headers: { ...line.headers, more: 'x' } },
    { ...line, partition: 2 },
    { ...line, value: undefined },
    ...packLines({ topic: TOPICS.decisions, key: 'a', lines: ['1'], timestampUs: 1_000, schema: 2 }),
    { topic: TOPICS.decisions, key: 'a', value: Buffer.from('1'), timestampUs: 1_000 },
  ];
  expect(joinLines(others)).toEqual(others);
});

test('nothing of a key passes another message of it', () => {
  const [one] = of('a', ['1']);
  if (one === undefined) throw new Error('no message');
  const bare: OutgoingMessage = { topic: TOPICS.decisions, key: 'a', value: undefined, timestampUs: 1_000 };
  expect(joinLines([one, { ...bare, headers: one.headers ?? {} }, one])).toHaveLength(3);
  const [other] = packLines({ topic: TOPICS.decisions, key: 'a', lines: ['2'], timestampUs: 1_000, schema: 2 });
  if (other === undefined) throw new Error('no message');
  expect(joinLines([one, other, one])).toEqual([one, other, one]);
});
