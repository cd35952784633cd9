import type { Admin } from 'kafkajs';
import { kafkaToBelayError } from './kafka-errors.ts';

const NOT_COMMITTED = '-1';

/**
 * Where a group starts that reads from the latest: the partition's end, or undefined when the group has committed an offset.
 * @throws BelayError `unavailable` (retryable).
 */
export async function startOffsetOf(admin: Admin, groupId: string, topic: string, partition: number): Promise<bigint | undefined> {
  try {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const known = committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? NOT_COMMITTED;
    if (known !== NOT_COMMITTED) return undefined;
    const ends = await admin.fetchTopicOffsets(topic);
    return BigInt(ends.find((entry) => entry.partition === partition)?.high ?? 0);
  } catch (error) {
    throw kafkaToBelayError(error, `asking where ${groupId} starts on ${topic}/${partition}`);
  }
}
