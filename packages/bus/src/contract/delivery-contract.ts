import { BelayError, MESSAGE_MAX_BYTES, TOPICS } from '@belay/protocol';
import { expect, it } from 'vitest';
import { partitionForKey } from '../partitioner.ts';
import { type BusHarness, collect, keyOf, numbered, numbersPerKey, outgoing, textOf, totalLag } from './log.test-support.ts';
import { withBus } from './with-bus.test-support.ts';

/** What is published arrives: order, contents, places. */
export function deliveryContract(harness: BusHarness): void {
  it('keeps the order of each key, over several publish calls that are not waited for', () =>
    withBus(harness, async (bus) => {
      const publishes = Array.from({ length: 40 }, (_, call) => bus.publisher.publish(numbered(25, 7, call * 25)));
      await Promise.all(publishes);
      const reader = await collect(bus);
      await reader.atLeast(1_000);
      expect(reader.messages).toHaveLength(1_000);
      for (const numbers of numbersPerKey(reader.messages).values()) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }));

  it('carries key, bytes, headers and the timestamp in milliseconds', () =>
    withBus(harness, async (bus) => {
      const timestampUs = Math.floor(Date.now() / 1000) * 1_000_000 + 123_456;
      const value = Uint8Array.from([0, 10, 255, 128, 13]);
      await bus.publisher.publish([{ topic: TOPICS.anomalies, key: 'acme/å%2F', value, headers: { a: '1', 'belay-b': 'ü' }, timestampUs }]);
      const reader = await collect(bus, { topic: TOPICS.anomalies });
      await reader.atLeast(1);
      const [message] = reader.messages;
      expect(message).toMatchObject({ topic: TOPICS.anomalies, key: 'acme/å%2F', headers: { a: '1', 'belay-b': 'ü' } });
      expect(message?.timestampUs).toBe(timestampUs - 456);
      expect(Uint8Array.from(message?.value ?? [])).toEqual(value);
    }));

  it('delivers a tombstone as a message without value', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish([outgoing('acme/a', undefined)]);
      const reader = await collect(bus);
      await reader.atLeast(1);
      expect(reader.messages[0]).toMatchObject({ key: 'acme/a', value: undefined, headers: {} });
    }));

  it('writes a key where Kafka would, and to another partition only when told', () =>
    withBus(harness, async (bus) => {
      const count = await bus.partitions(TOPICS.decisions);
      const other = (partitionForKey(keyOf(1), count) + 1) % count;
      await bus.publisher.publish([outgoing(keyOf(1), 'own'), outgoing(keyOf(1), 'other', { partition: other })]);
      const reader = await collect(bus);
      await reader.atLeast(2);
      const partitions = Object.fromEntries(reader.messages.map((message) => [textOf(message), message.partition]));
      expect(partitions).toEqual({ own: await bus.partitionOf(TOPICS.decisions, keyOf(1)), other });
      expect(partitions.own).toBe(partitionForKey(keyOf(1), count));
    }));

  it('shows every group every message, and offsets that grow within a partition', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish(numbered(60, 5));
      const readers = await Promise.all(['one', 'two'].map((group) => collect(bus, { group })));
      for (const reader of readers) {
        await reader.atLeast(60);
        const last = new Map<number, bigint>();
        for (const { partition, offset } of reader.messages) {
          expect(offset).toBeGreaterThan(last.get(partition) ?? -1n);
          last.set(partition, offset);
        }
      }
    }));

  it('knows how far a group is behind', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish(numbered(30, 5));
      expect(await totalLag(bus, 'readers')).toBe(30n);
      const reader = await collect(bus);
      await reader.atLeast(30);
      await reader.consumer.stop();
      expect(await totalLag(bus, 'readers')).toBe(0n);
      await bus.publisher.publish(numbered(4, 5));
      expect(await totalLag(bus, 'readers')).toBe(4n);
    }));

  it('refuses what the log would not take, for good', () =>
    withBus(harness, async (bus) => {
      const large = bus.publisher.publish([outgoing('acme/a', 'x'.repeat(MESSAGE_MAX_BYTES + 1))]);
      await expect(large).rejects.toMatchObject({ code: 'too_large', retryable: false });
      const nowhere = bus.publisher.publish([outgoing('acme/a', 'x', { partition: 999 })]);
      await expect(nowhere).rejects.toMatchObject({ code: 'bad_request', retryable: false });
      await bus.publisher.publish([outgoing('acme/a', 'x'.repeat(MESSAGE_MAX_BYTES))]);
    }));

  it('answers overloaded when too many bytes wait, and keeps exactly what it has accepted', async () => {
    await withBus(
      harness,
      async (bus) => {
        const calls = Array.from({ length: 30 }, (_, call) => [outgoing(keyOf(call), `${call} ${'x'.repeat(10_000)}`)]);
        const results = await Promise.allSettled(calls.map((call) => bus.publisher.publish(call)));
        const accepted = results.flatMap((result, call) => (result.status === 'fulfilled' ? [call] : []));
        const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
        expect(accepted.length).toBeGreaterThan(0);
        expect(refused.length).toBeGreaterThan(0);
        for (const error of refused) {
          expect(error).toBeInstanceOf(BelayError);
          expect(error).toMatchObject({ code: 'overloaded', retryable: true, retryAfterMs: expect.any(Number) });
        }
        await bus.publisher.publish([outgoing(keyOf(0), 'after')]);
        const reader = await collect(bus);
        await reader.atLeast(accepted.length + 1);
        expect(reader.messages).toHaveLength(accepted.length + 1);
      },
      { queueBytes: 50_000 },
    );
  });

  it('is healthy while open, within 2 s, and not when closed', () =>
    withBus(harness, async (bus) => {
      const before = performance.now();
      expect(await bus.isHealthy()).toBe(true);
      expect(performance.now() - before).toBeLessThan(2_000);
      await bus.close();
      await bus.close();
      expect(await bus.isHealthy()).toBe(false);
    }));
}
