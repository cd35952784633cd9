import type { Topic } from '@belay/protocol';
import type { NamedPartition } from '../assignment.ts';
import type { PartitionAssignment } from '../bus.ts';
import type { KafkaNames } from './kafka-names.ts';

/** A partition that this member owns. */
export interface OwnedPartition {
  readonly assignment: PartitionAssignment;
  /** Its topic under Kafka's name. */
  readonly topic: string;
  /** Where delivery goes on; undefined: at the group's committed offset. Kept over rebalances, so that nothing is read twice by a member that stays. */
  position: bigint | undefined;
  /** Where the first batch since its assignment began: what a handler without a checkpoint has to see again. */
  begin: bigint | undefined;
  /** `onAssigned` under way or done; it is waited for before `onRevoked`. */
  handed: Promise<void> | undefined;
  /** `onAssigned` has finished: batches may be delivered. */
  ready: boolean;
  /** Aborted when the partition is taken away. */
  readonly lost: AbortController;
}

/** What changes when the group hands out its partitions anew. */
export interface AssignmentChange {
  readonly kept: readonly OwnedPartition[];
  readonly gained: readonly OwnedPartition[];
  readonly lost: readonly OwnedPartition[];
}

/** The partitions of one member. */
export interface OwnedPartitions {
  get(topic: string, partition: number): OwnedPartition | undefined;
  all(): readonly OwnedPartition[];
  names(): readonly NamedPartition[];
  /** @param continuous false when others may have owned them meanwhile: then everything is lost, and gained again. */
  replace(assignment: Readonly<Record<string, readonly number[]>>, continuous: boolean): AssignmentChange;
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

const newlyOwned = (ours: Topic, topic: string, partition: number): OwnedPartition => ({
  assignment: { topic: ours, partition },
  topic,
  position: undefined,
  begin: undefined,
  handed: undefined,
  ready: false,
  lost: new AbortController(),
});

export function createOwnedPartitions(names: KafkaNames): OwnedPartitions {
  let owned = new Map<string, OwnedPartition>();

  const entries = function* (assignment: Readonly<Record<string, readonly number[]>>): Generator<[string, Topic, string, number]> {
    for (const [topic, partitions] of Object.entries(assignment)) {
      const ours = names.ours(topic);
      if (ours === undefined) continue;
      for (const partition of partitions) yield [nameOf(topic, partition), ours, topic, partition];
    }
  };
  return {
    get: (topic, partition) => owned.get(nameOf(topic, partition)),
    all: () => [...owned.values()],
    names: () => [...owned.values()].map(({ topic, assignment }) => ({ topic, partition: assignment.partition })),
    replace(assignment, continuous) {
      const next = new Map<string, OwnedPartition>();
      const kept: OwnedPartition[] = [];
      const gained: OwnedPartition[] = [];
      for (const [name, ours, topic, partition] of entries(assignment)) {
        const before = continuous ? owned.get(name) : undefined;
        const partitionNow = before ?? newlyOwned(ours, topic, partition);
        (before === undefined ? gained : kept).push(partitionNow);
        next.set(name, partitionNow);
      }
      const lost = [...owned].filter(([name, before]) => next.get(name) !== before).map(([, before]) => before);
      owned = next;
      return { kept, gained, lost };
    },
  };
}
