import { BelayError } from '@belay/protocol';
import { expect, it } from 'vitest';
import type { Batch } from '../bus.ts';
import { type BusHarness, collect, numbered, outgoing, textOf, totalLag, until } from './log.test-support.ts';
import { withBus } from './with-bus.test-support.ts';

const retryable = (retryAfterMs: number): BelayError =>
  new BelayError('unavailable', 'the test says so', { retryable: true, retryAfterMs });

/** What a consumer promises its handler. */
export function consumerContract(harness: BusHarness): void {
  it('goes on after what the group has committed', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish(numbered(20, 5));
      const first = await collect(bus);
      await first.atLeast(20);
      await first.consumer.stop();
      await bus.publisher.publish(numbered(5, 5, 20));
      const second = await collect(bus);
      await second.atLeast(5);
      expect(
        second
          .texts()
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual([20, 21, 22, 23, 24]);
    }));

  it('starts at the end when asked to, and remembers where that was', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish(numbered(10, 5));
      const first = await collect(bus, { startFrom: 'latest' });
      await first.consumer.stop();
      await bus.publisher.publish(numbered(3, 5, 10));
      const second = await collect(bus, { startFrom: 'latest' });
      await second.atLeast(3);
      expect(
        second
          .texts()
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual([10, 11, 12]);
      expect(first.messages).toEqual([]);
    }));

  it('commits only after the effects', () =>
    withBus(harness, async (bus) => {
      const gate = Promise.withResolvers<void>();
      await bus.publisher.publish([outgoing('acme/a', 'one')]);
      const entered: Batch[] = [];
      const reader = await collect(bus, {
        before: async (batch) => {
          entered.push(batch);
          await gate.promise;
        },
      });
      await until('the batch is in hand', () => entered.length === 1);
      expect(await totalLag(bus, 'readers')).toBe(1n);
      const stopping = reader.consumer.stop();
      gate.resolve();
      await stopping;
      expect(reader.texts()).toEqual(['one']);
      expect(await totalLag(bus, 'readers')).toBe(0n);
      await reader.consumer.stopped;
    }));

  it('hands a partition anew to a handler that was fenced, from where its state begins', () =>
    withBus(harness, async (bus) => {
      const events: string[] = [];
      let isFenced = false;
      await bus.publisher.publish([outgoing('acme/a', 'one')]);
      const reader = await collect(bus, {
        commit: 'manual',
        onAssigned: async ({ partition }) => void events.push(`+${partition}`),
        onRevoked: async ({ partition }) => void events.push(`-${partition}`),
        before: async ({ messages }) => {
          if (isFenced || !messages.some((message) => textOf(message) === 'two')) return;
          isFenced = true;
          throw new BelayError('fenced', 'the test says so');
        },
      });
      await reader.atLeast(1);
      await bus.publisher.publish([outgoing('acme/a', 'two')]);
      await reader.atLeast(3);
      expect(reader.texts()).toEqual(['one', 'one', 'two']);
      const partition = reader.messages[0]?.partition;
      expect(events.filter((event) => event.endsWith(String(partition)))).toEqual([`+${partition}`, `-${partition}`, `+${partition}`]);
      await reader.consumer.stop();
    }));

  it('delivers a batch again, not before retryAfterMs, when it was rejected as retryable; other partitions go on', () =>
    withBus(harness, async (bus) => {
      const attempts: { offset: bigint; atMs: number }[] = [];
      const reader = await collect(bus, {
        before: async ({ partition, messages }) => {
          if (partition !== 0) return;
          attempts.push({ offset: messages[0]?.offset ?? -1n, atMs: performance.now() });
          if (attempts.length < 3) throw retryable(400);
        },
      });
      await bus.publisher.publish([outgoing('k', 'stuck', { partition: 0 })]);
      await until('the first attempt', () => attempts.length > 0);
      await bus.publisher.publish([outgoing('k', 'free', { partition: 1 })]);
      await reader.atLeast(2);
      expect(reader.texts()).toEqual(['free', 'stuck']);
      expect(new Set(attempts.map(({ offset }) => offset)).size).toBe(1);
      const [first, second, third] = attempts.map(({ atMs }) => atMs);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(390);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThan(390);
    }));

  it('stops for good on a permanent rejection, says so, and commits nothing of the batch', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish([outgoing('acme/a', 'bad')]);
      const error = new BelayError('internal', 'a bug');
      const reader = await collect(bus, { before: () => Promise.reject(error) });
      await expect(reader.consumer.stopped).rejects.toBe(error);
      await reader.consumer.stop();
      const next = await collect(bus);
      await next.atLeast(1);
      expect(next.texts()).toEqual(['bad']);
    }));

  it('takes an error that is not ours as permanent', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish([outgoing('acme/a', 'bad')]);
      const reader = await collect(bus, { before: () => Promise.reject(new TypeError('a bug')) });
      await expect(reader.consumer.stopped).rejects.toThrow('a bug');
    }));

  it('waits for onAssigned before the first batch, tries it again when it is retryable, and starts where it says', () =>
    withBus(harness, async (bus) => {
      const events: string[] = [];
      let failures = 0;
      await bus.publisher.publish(['0', '1', '2', '3'].map((text) => outgoing('k', text, { partition: 2 })));
      const reader = await collect(bus, {
        onAssigned: async ({ partition }) => {
          if (partition !== 2) return undefined;
          events.push('assigned');
          if (failures++ === 0) throw retryable(10);
          return { startAt: 2n };
        },
        onRevoked: async ({ partition }) => {
          if (partition === 2) events.push('revoked');
        },
        before: async ({ messages }) => void events.push(...messages.map((message) => textOf(message) ?? '')),
      });
      await reader.atLeast(2);
      await reader.consumer.stop();
      await reader.consumer.stop();
      expect(events).toEqual(['assigned', 'assigned', '2', '3', 'revoked']);
    }));

  it('stops when onAssigned fails for good', () =>
    withBus(harness, async (bus) => {
      const reader = await collect(bus, { onAssigned: () => Promise.reject(new BelayError('corrupt', 'state')) }).catch(
        (error: unknown) => error,
      );
      if (reader instanceof Error) expect(reader).toMatchObject({ code: 'corrupt' });
      else await expect((reader as Awaited<ReturnType<typeof collect>>).consumer.stopped).rejects.toMatchObject({ code: 'corrupt' });
    }));

  it('shares partitions between two members, each message to one of them, and gives all to the one that stays', () =>
    withBus(harness, async (bus) => {
      const revoked: number[] = [];
      const assigned: number[] = [];
      const first = await collect(bus, {
        onAssigned: async ({ partition }) => void assigned.push(partition),
        onRevoked: async ({ partition }) => void revoked.push(partition),
      });
      await until('the first has all', () => assigned.length === 4);
      const second = await collect(bus);
      await until('the first has given up half', () => revoked.length === 2);
      await bus.publisher.publish(numbered(200, 40));
      await until('200 in all', () => first.messages.length + second.messages.length >= 200);
      expect(first.messages.length + second.messages.length).toBe(200);
      expect(second.messages.length).toBeGreaterThan(0);
      const partitionsOf = (reader: typeof first): Set<number> => new Set(reader.messages.map(({ partition }) => partition));
      expect([...partitionsOf(first)].filter((partition) => partitionsOf(second).has(partition))).toEqual([]);
      await second.consumer.stop();
      const before = first.messages.length;
      await bus.publisher.publish(numbered(40, 40, 200));
      await first.atLeast(before + 40);
      expect(new Set(first.messages.slice(before).map(textOf)).size).toBe(40);
    }));
}
