import type { PartitionAssigner } from 'kafkajs';
import { assignPartitions, type NamedPartition } from '../assignment.ts';
import { kafkajs } from './kafkajs.ts';

const NAME = 'BelaySticky';
const VERSION = 1;

const isNamedPartition = (value: unknown): value is NamedPartition =>
  typeof value === 'object' &&
  value !== null &&
  'topic' in value &&
  typeof value.topic === 'string' &&
  'partition' in value &&
  Number.isInteger(value.partition);

/** What a member says it owns; a foreign or damaged answer counts as nothing. */
export function decodeOwned(userData: Buffer | null | undefined): NamedPartition[] {
  try {
    const value: unknown = JSON.parse(userData?.toString() ?? '');
    return Array.isArray(value) ? value.filter(isNamedPartition) : [];
  } catch {
    return [];
  }
}

/**
 * Assigner for kafkajs groups that leaves partitions where they are as far as balance allows (kafkajs ships round robin only, which moves
 * most partitions, and each move costs a restore of detector state).
 * @param owned what this consumer owns now, under Kafka's names; asked at each join.
 */
export const createStickyAssigner =
  (owned: () => readonly NamedPartition[]): PartitionAssigner =>
  ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    async assign({ members, topics }) {
      const group = members.map(({ memberId, memberMetadata }) => {
        const metadata = kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata);
        return { id: memberId, topics: metadata?.topics ?? topics, owned: decodeOwned(metadata?.userData) };
      });
      const all = new Set(group.flatMap((member) => member.topics));
      const counts = new Map([...all].map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      return [...assignPartitions(group, counts)].map(([memberId, partitions]) => {
        const assignment: Record<string, number[]> = {};
        for (const { topic, partition } of partitions) {
          assignment[topic] = [...(assignment[topic] ?? []), partition];
        }
        return {
          memberId,
          memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({ version: VERSION, assignment, userData: Buffer.alloc(0) }),
        };
      });
    },
  });
