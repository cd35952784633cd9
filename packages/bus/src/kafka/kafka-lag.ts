import { setTimeout as sleep } from 'node:timers/promises';
import type { BelayError } from '@belay/protocol';
import type { Admin } from 'kafkajs';
import { kafkaToBelayError } from './kafka-errors.ts';

const TRIES = 5;
const PAUSE_MS = 100;

/** Committed offset per partition and ends, asked at once. */
async function lagNow(admin: Admin, groupId: string, topic: string): Promise<readonly { partition: number; lag: bigint }[]> {
  const [groups, ends] = await Promise.all([admin.fetchOffsets({ groupId, topics: [topic] }), admin.fetchTopicOffsets(topic)]);
  const offsets = new Map(groups[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return [...ends]
    .sort((a, b) => a.partition - b.partition)
    .map(({ partition, low, high }) => {
      const next = offsets.get(partition) ?? -1n;
      const from = next > BigInt(low) ? next : BigInt(low);
      const end = BigInt(high);
      return { partition, lag: end > from ? end - from : 0n };
    });
}

/**
 * Messages between what the group has committed (else the start of the log) and the end, per partition. Transaction markers count as messages.
 * While the group's coordinator moves, kafkajs fails in ways of its own (a TypeError among them): it is asked again for half a second.
 * @throws BelayError `unavailable` (retryable), or what `kafkaToBelayError` makes of it.
 */
export async function kafkaLag(admin: Admin, groupId: string, topic: string): Promise<readonly { partition: number; lag: bigint }[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await lagNow(admin, groupId, topic);
    } catch (error) {
      const failure: BelayError = kafkaToBelayError(error, `asking for the lag of ${groupId} on ${topic}`);
      if (!failure.retryable || tries === TRIES) throw failure;
      await sleep(PAUSE_MS);
    }
  }
}
