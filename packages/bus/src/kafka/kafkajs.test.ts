import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kafkajsRepairs } from './kafkajs.ts';

const require = createRequire(import.meta.url);

test('all repairs took hold', () => {
  expect(kafkajsRepairs).toEqual({ crc32c: 'native', idleTimers: true, growingBuffers: true, produceRequests: true, grouping: true });
});

test('the exchanged checksum equals the one of kafkajs on any bytes', () => {
  const exchanged = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Uint8Array) => number;
  const original = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (bytes: Uint8Array) => number;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(exchanged(bytes)).toBe(original(bytes));
    }),
  );
  expect(exchanged).not.toBe(original);
});

test('the record batch encoder of kafkajs uses the exchanged one', () => {
  const script = `
    const { createRequire } = await import('node:module');
    const require = createRequire(${JSON.stringify(import.meta.url)});
    const native = require('@node-rs/crc32');
    const { crc32c } = native;
    let calls = 0;
    native.crc32c = (bytes) => (calls++, crc32c(bytes));
    const { kafkajsRepairs } = await import(${JSON.stringify(new URL('./kafkajs.ts', import.meta.url).href)});
    const before = calls;
    await require('kafkajs/src/protocol/recordBatch/v0').RecordBatch({ records: [] });
    console.log(kafkajsRepairs.crc32c, calls - before);`;
  const child = spawnSync(process.execPath, ['--conditions=belay-source', '--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(child.stdout.trim()).toBe('native 1');
});

test('a request queue with nothing to send sets no timer, one with something does', () => {
  const Queue = require('kafkajs/src/network/requestQueue') as new (
    options: object,
  ) => {
    pending: unknown[];
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  };
  const queue = new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    clientId: 'c',
    broker: 'b',
    logger: { debug: () => undefined },
  });
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.pending.push({});
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});

test('the exchanged grouping gives what the one of kafkajs gives', () => {
  type Group = (of: object) => Record<string, readonly object[]>;
  const path = require.resolve('kafkajs/src/producer/groupMessagesPerPartition');
  const exchanged = require(path) as Group;
  const loaded = require.cache[path];
  delete require.cache[path];
  const original = require(path) as Group;
  require.cache[path] = loaded;
  const partitioner = ({ message }: { message: { partition: number } }) => message.partition;
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.string(), partition: fc.nat(4) })),
      fc.constantFrom([], [{}]),
      (messages, partitionMetadata) => {
        const input = { topic: 't', partitionMetadata, messages, partitioner };
        expect(exchanged(input)).toEqual(original(input));
      },
    ),
  );
  expect(exchanged).not.toBe(original);
});

test('an encoder that grows holds exactly what was written to it', () => {
  const Encoder = require('kafkajs/src/protocol/encoder') as new () => { writeBuffer(bytes: Buffer): unknown; readonly buffer: Buffer };
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 8 }), (pieces) => {
      const encoder = new Encoder();
      for (const piece of pieces) encoder.writeBuffer(Buffer.from(piece));
      expect(encoder.buffer).toEqual(Buffer.concat(pieces));
    }),
  );
});
