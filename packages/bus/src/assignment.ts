import type { Topic } from '@belay/protocol';
import type { PartitionAssignment } from './bus.ts';

/** A consumer in a group, with what it owned before. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly Topic[];
  readonly owned: readonly PartitionAssignment[];
}

const keepOwned = (member: GroupMember, topic: Topic, quota: number, free: Set<number>): number[] => {
  const kept: number[] = [];
  for (const owned of member.owned) {
    if (kept.length < quota && owned.topic === topic && free.delete(owned.partition)) kept.push(owned.partition);
  }
  return kept;
};

function assignTopic(topic: Topic, count: number, members: readonly GroupMember[], load: Map<string, number>): Map<string, number[]> {
  const free = new Set(Array.from({ length: count }, (_, partition) => partition));
  const floor = Math.floor(count / members.length);
  let extra = count % members.length;
  const result = new Map<string, number[]>();
  for (const member of members) {
    const kept = keepOwned(member, topic, floor + (extra > 0 ? 1 : 0), free);
    if (kept.length > floor) extra -= 1;
    result.set(member.id, kept);
  }
  const total = (member: GroupMember): number => (load.get(member.id) ?? 0) + (result.get(member.id)?.length ?? 0);
  for (const partition of free) {
    const fewest = Math.min(...[...result.values()].map((kept) => kept.length));
    const open = members.filter((member) => result.get(member.id)?.length === fewest);
    const taker = open.reduce((best, member) => (total(member) < total(best) ? member : best));
    result.get(taker.id)?.push(partition);
  }
  return result;
}

/**
 * Shares out partitions: per topic the counts differ by at most one, and a member keeps what it owned as far as that allows, because each move
 * costs a restore of detector state. Deterministic: the same input gives the same answer whatever the order of the members.
 */
export function assignPartitions(
  members: readonly GroupMember[],
  counts: ReadonlyMap<Topic, number>,
): ReadonlyMap<string, readonly PartitionAssignment[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const result = new Map<string, PartitionAssignment[]>(sorted.map((member) => [member.id, []]));
  const load = new Map<string, number>();
  for (const [topic, count] of counts) {
    const subscribed = sorted.filter((member) => member.topics.includes(topic));
    if (subscribed.length === 0) continue;
    for (const [id, partitions] of assignTopic(topic, count, subscribed, load)) {
      load.set(id, (load.get(id) ?? 0) + partitions.length);
      result.get(id)?.push(...partitions.map((partition) => ({ topic, partition })));
    }
  }
  return result;
}
