import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { registerLz4 } from './kafka-codec.ts';
import { kafkajsRepairs } from './kafkajs.ts';
import { encodeProduce, isPlainProduce, type ProduceInput } from './produce-request.ts';

const require = createRequire(import.meta.url);
const crc32c = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (bytes: Uint8Array) => number;
const exchanged = require('kafkajs/src/protocol/requests/produce/v3/request') as Request;
const Long = require('kafkajs/src/utils/long') as { fromValue(value: number): unknown };

type Request = (input: ProduceInput) => { encode(): Promise<{ readonly buffer: Buffer }>; readonly apiName: string };

/** The encoder of kafkajs itself, loaded past the exchanged one. */
function original(): Request {
  const path = require.resolve('kafkajs/src/protocol/requests/produce/v3/request');
  const loaded = require.cache[path];
  delete require.cache[path];
  const fresh = require(path) as Request;
  require.cache[path] = loaded;
  return fresh;
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ minLength: 60, maxLength: 9_000 }));
const message = fc.record({
  key: text,
  value: fc.oneof(
    fc.constant(null),
    fc.uint8Array({ maxLength: 40_000 }).map((bytes) => Buffer.from(bytes)),
  ),
  timestamp: fc.integer({ min: 1_700_000_000_000, max: 1_700_300_000_000 }).map(String),
  headers: fc.option(fc.dictionary(text, text, { maxKeys: 3 }), { nil: undefined }),
});
const request = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(60_000),
  transactionalId: fc.option(text, { nil: undefined }),
  producerId: fc.nat().map((id) => Long.fromValue(id)),
  producerEpoch: fc.nat(30_000),
  compression: fc.constantFrom(0, 3),
  topicData: fc
    .record({ partition: fc.nat(64), firstSequence: fc.nat(), messages: fc.array(message, { minLength: 1, maxLength: 80 }) })
    .chain((partition) => fc.record({ topic: text, partitions: fc.constant([partition]) }))
    .map((topic) => [topic]),
});

registerLz4();

test('a request is byte for byte the one that kafkajs writes', async () => {
  expect(kafkajsRepairs.produceRequests).toBe(true);
  const kafkajs = original();
  await fc.assert(
    fc.asyncProperty(request, async (input) => {
      expect(isPlainProduce(input)).toBe(true);
      const [ours, theirs] = await Promise.all([exchanged(input).encode(), kafkajs(input).encode()]);
      expect(ours.buffer.equals(theirs.buffer)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const base = { key: 'k', value: Buffer.from('v'), timestamp: '1700000000000' };
const of = (messages: readonly object[], more: Partial<ProduceInput> = {}): ProduceInput => ({
  ...{ acks: -1, timeout: 1, topicData: [{ topic: 't', partitions: [{ partition: 0, messages }] }] },
  ...more,
});

test.each([
  ['no message', of([])],
  ['two topics', of([base], { topicData: [...of([base]).topicData, ...of([base]).topicData] })],
  ['a key of bytes', of([{ ...base, key: Buffer.from('k') }])],
  ['a value of text', of([{ ...base, value: 'v' }])],
  ['no time', of([{ ...base, timestamp: undefined }])],
  ['a header with several values', of([{ ...base, headers: { a: ['1', '2'] } }])],
  ['times weeks apart', of([base, { ...base, timestamp: '1800000000000' }])],
])('%s is left to kafkajs', (_, input) => {
  expect(isPlainProduce(input)).toBe(false);
});

test('without a partition there is nothing to encode', async () => {
  await expect(encodeProduce(of([base], { topicData: [] }), crc32c)).rejects.toThrow('without a partition');
});
