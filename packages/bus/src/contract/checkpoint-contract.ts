import { TOPICS } from '@belay/protocol';
import { expect, it } from 'vitest';
import type { CheckpointSource } from '../bus.ts';
import { type BusHarness, collect, outgoing, totalLag, until } from './log.test-support.ts';
import { withBus } from './with-bus.test-support.ts';

const SOURCE: CheckpointSource = { group: 'detector', topic: TOPICS.decisions, partition: 1 };
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const texts = (snapshots: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...snapshots].map(([key, value]) => [key, Buffer.from(value).toString()]));

/** Bytes that no compression makes shorter (xorshift, Marsaglia 2003). */
function noise(length: number): Uint8Array {
  let x = 88_172_645;
  return Uint8Array.from({ length }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 24;
  });
}

/** State and position of a consumer as one transaction, and who may write them. */
export function checkpointContract(harness: BusHarness): void {
  it('has no position before the first checkpoint', () =>
    withBus(harness, async (bus) => {
      expect(await bus.readCheckpoints(SOURCE)).toEqual({ snapshots: new Map(), nextOffset: undefined });
      const writer = await bus.openCheckpoints(SOURCE);
      expect(await bus.readCheckpoints(SOURCE)).toEqual({ snapshots: new Map(), nextOffset: undefined });
      await writer.close();
    }));

  it('keeps the latest snapshot of each key with the position it contains, and forgets removed ones', () =>
    withBus(harness, async (bus) => {
      const writer = await bus.openCheckpoints(SOURCE);
      for (let round = 1; round <= 20; round += 1) await writer.checkpoint([{ key: 'acme/a', value: bytes(`a${round}`) }], BigInt(round));
      await writer.checkpoint(
        [
          { key: 'acme/b', value: bytes('b') },
          { key: 'acme/c', value: bytes('') },
        ],
        21n,
      );
      await writer.checkpoint([{ key: 'acme/b', value: undefined }], 22n);
      const { snapshots, nextOffset } = await bus.readCheckpoints(SOURCE);
      expect(texts(snapshots)).toEqual({ 'acme/a': 'a20', 'acme/c': '' });
      expect(nextOffset).toBe(22n);
    }));

  it('moves the offsets of a manual group only by checkpoints', () =>
    withBus(harness, async (bus) => {
      await bus.publisher.publish(['0', '1', '2', '3'].map((text) => outgoing('k', text, { partition: 1 })));
      const first = await collect(bus, { group: 'detector', commit: 'manual' });
      await first.atLeast(4);
      await first.consumer.stop();
      expect(await totalLag(bus, 'detector')).toBe(4n);
      const writer = await bus.openCheckpoints(SOURCE);
      await writer.checkpoint([], 3n);
      await until('the offset that the checkpoint stored is the group’s', async () => (await totalLag(bus, 'detector')) === 1n);
      const second = await collect(bus, { group: 'detector', commit: 'manual' });
      await second.atLeast(1);
      expect(second.texts()).toEqual(['3']);
    }));

  it('fences the older writer: it gets `fenced` each time, and nothing it wrote is read', () =>
    withBus(harness, async (bus) => {
      const older = await bus.openCheckpoints(SOURCE);
      await older.checkpoint([{ key: 'k', value: bytes('older') }], 1n);
      const newer = await bus.openCheckpoints(SOURCE);
      expect((await bus.readCheckpoints(SOURCE)).nextOffset).toBe(1n);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const zombie = older.checkpoint([{ key: 'k', value: bytes('zombie') }], 99n);
        await expect(zombie).rejects.toMatchObject({ code: 'fenced', retryable: false });
      }
      await newer.checkpoint([{ key: 'other', value: bytes('newer') }], 2n);
      const { snapshots, nextOffset } = await bus.readCheckpoints(SOURCE);
      expect(texts(snapshots)).toEqual({ k: 'older', other: 'newer' });
      expect(nextOffset).toBe(2n);
      await Promise.all([older.close(), newer.close()]);
    }));

  it('keeps groups, topics and partitions apart', () =>
    withBus(harness, async (bus) => {
      const sources: CheckpointSource[] = [
        SOURCE,
        { ...SOURCE, group: 'detector-2' },
        { ...SOURCE, topic: TOPICS.conversations },
        { ...SOURCE, partition: 2 },
      ];
      for (const [index, source] of sources.entries()) {
        const writer = await bus.openCheckpoints(source);
        await writer.checkpoint([{ key: 'k', value: bytes(`v${index}`) }], BigInt(index));
        await writer.close();
      }
      for (const [index, source] of sources.entries()) {
        const { snapshots, nextOffset } = await bus.readCheckpoints(source);
        expect([texts(snapshots), nextOffset]).toEqual([{ k: `v${index}` }, BigInt(index)]);
      }
    }));

  it('takes snapshots of several megabytes in one checkpoint', () =>
    withBus(harness, async (bus) => {
      const writer = await bus.openCheckpoints(SOURCE);
      const snapshots = Array.from({ length: 12 }, (_, index) => ({ key: `k${index}`, value: new Uint8Array(200_000).fill(index) }));
      await writer.checkpoint(snapshots, 7n);
      const read = await bus.readCheckpoints(SOURCE);
      expect(read.nextOffset).toBe(7n);
      for (const { key, value } of snapshots) expect(read.snapshots.get(key)).toEqual(value);
    }));

  it('takes a snapshot longer than any message may be, whole or not at all, also when it shrinks, grows again and goes', () =>
    withBus(harness, async (bus) => {
      let writer = await bus.openCheckpoints(SOURCE);
      for (const [round, length] of [3_500_000, 10, 1_700_000, 900_000].entries()) {
        await writer.checkpoint([{ key: 'acme/long', value: noise(length) }], BigInt(round));
        await writer.checkpoint([{ key: 'acme/short', value: bytes(`s${round}`) }], BigInt(round));
        const { snapshots } = await bus.readCheckpoints(SOURCE);
        expect([...snapshots.keys()].sort()).toEqual(['acme/long', 'acme/short']);
        expect(Buffer.compare(snapshots.get('acme/long') ?? bytes(''), noise(length))).toBe(0);
        await writer.close();
        writer = await bus.openCheckpoints(SOURCE);
      }
      await writer.checkpoint([{ key: 'acme/long', value: undefined }], 9n);
      expect([...(await bus.readCheckpoints(SOURCE)).snapshots.keys()]).toEqual(['acme/short']);
    }));

  it('refuses names that could be taken for others', () =>
    withBus(harness, async (bus) => {
      await expect(bus.openCheckpoints({ ...SOURCE, group: 'a b' })).rejects.toMatchObject({ code: 'bad_request' });
      const writer = await bus.openCheckpoints(SOURCE);
      const reserved = writer.checkpoint([{ key: '\u0000position', value: bytes('9') }], 1n);
      await expect(reserved).rejects.toMatchObject({ code: 'bad_request' });
    }));
}
