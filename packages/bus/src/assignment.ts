/** A partition by name. */
export interface NamedPartition<T extends string = string> {
  readonly topic: T;
  readonly partition: number;
}

/** A consumer in a group, with what it owned before. */
export interface GroupMember<T extends string = string> {
  readonly id: string;
  readonly topics: readonly T[];
  readonly owned: readonly NamedPartition<T>[];
}

type Shares = Map<string, number[]>;

/** Each member keeps what it owned up to its fair share; `extra` members may have one more than the others. */
function keepOwned(topic: string, count: number, members: readonly GroupMember[], free: Set<number>): Shares {
  const floor = Math.floor(count / members.length);
  let extra = count % members.length;
  const shares: Shares = new Map();
  for (const member of members) {
    const quota = floor + (extra > 0 ? 1 : 0);
    const kept: number[] = [];
    for (const owned of member.owned) {
      if (kept.length < quota && owned.topic === topic && free.delete(owned.partition)) kept.push(owned.partition);
    }
    if (kept.length > floor) extra -= 1;
    shares.set(member.id, kept);
  }
  return shares;
}

function assignTopic(topic: string, count: number, members: readonly GroupMember[], load: ReadonlyMap<string, number>): Shares {
  const free = new Set(Array.from({ length: count }, (_, partition) => partition));
  const shares = keepOwned(topic, count, members, free);
  const sizeOf = (id: string): number => shares.get(id)?.length ?? 0;
  const fuller = (a: string, b: string): boolean =>
    sizeOf(a) !== sizeOf(b) ? sizeOf(a) > sizeOf(b) : (load.get(a) ?? 0) > (load.get(b) ?? 0);
  for (const partition of free) {
    const taker = [...shares.keys()].reduce((best, id) => (fuller(best, id) ? id : best));
    shares.get(taker)?.push(partition);
  }
  return shares;
}

/**
 * Shares out partitions: per topic the counts differ by at most one, and a member keeps what it owned as far as that allows, because each move
 * costs a restore of detector state. Deterministic: the same members give the same answer in whatever order they come.
 */
export function assignPartitions<T extends string>(
  members: readonly GroupMember<T>[],
  counts: ReadonlyMap<T, number>,
): ReadonlyMap<string, readonly NamedPartition<T>[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const result = new Map<string, NamedPartition<T>[]>(sorted.map((member) => [member.id, []]));
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
