import { TOPIC_SPECS, type Topic } from '@belay/protocol';

/** Names on the cluster: everything of one installation begins with its prefix, so that several can share a cluster. */
export interface KafkaNames {
  topic(topic: Topic): string;
  /** The topic of ours behind a name on the cluster. */
  ours(name: string): Topic | undefined;
  group(group: string): string;
  transactionalId(group: string, topic: Topic, partition: number): string;
}

/** @param prefix for example `staging.`; may be empty. */
export function createKafkaNames(prefix: string): KafkaNames {
  const byName = new Map(TOPIC_SPECS.map(({ name }) => [prefix + name, name]));
  return {
    topic: (topic) => prefix + topic,
    ours: (name) => byName.get(name),
    group: (group) => prefix + group,
    transactionalId: (group, topic, partition) => `${prefix}${group}/${topic}/${partition}`,
  };
}
