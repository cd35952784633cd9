import type { Bus } from '@belay/bus';

/** The bus with some of its operations replaced; everything else is its own. */
export const busWith = (bus: Bus, replaced: Partial<Pick<Bus, 'publisher' | 'openCheckpoints'>>): Bus => ({
  publisher: replaced.publisher ?? bus.publisher,
  ensureTopics: () => bus.ensureTopics(),
  partitions: (topic) => bus.partitions(topic),
  partitionOf: (topic, key) => bus.partitionOf(topic, key),
  consume: (options) => bus.consume(options),
  openCheckpoints: (source) => (replaced.openCheckpoints ?? ((one) => bus.openCheckpoints(one)))(source),
  readCheckpoints: (source) => bus.readCheckpoints(source),
  lag: (group, topic) => bus.lag(group, topic),
  isHealthy: () => bus.isHealthy(),
  close: () => bus.close(),
});
