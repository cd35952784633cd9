import type { Admin } from 'kafkajs';
import { kafkaToBelayError } from './kafka-errors.ts';

/** Messages between what the group has committed (else the start of the log) and the end, per partition. Transaction markers count as messages. */
export async function kafkaLag(admin: Admin, groupId: string, topic: string): Promise<readonly { partition: number; lag: bigint }[]> {
  try {
    const [[committed], ends] = await Promise.all([admin.fetchOffsets({ groupId, topics: [topic] }), admin.fetchTopicOffsets(topic)]);
    const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return [...ends]
      .sort((a, b) => a.partition - b.partition)
      .map(({ partition, low, high }) => {
        const next = offsets.get(partition) ?? -1n;
        const from = next > BigInt(low) ? next : BigInt(low);
        const end = BigInt(high);
        return { partition, lag: end > from ? end - from : 0n };
      });
  } catch (error) {
    throw kafkaToBelayError(error, `asking for the lag of ${groupId} on ${topic}`);
  }
}
