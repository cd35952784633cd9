import { type Batch, type Bus, type Consumer, createPoisonLimit, deadLetter, type LogMessage, type PoisonLimit } from '@belay/bus';
import type { Clock, Topic } from '@belay/protocol';
import type { ArchiveMetrics } from './archive-metrics.ts';
import type { Availability } from './availability.ts';
import type { GroupCommit } from './group-commit.ts';
import { type ArchiveLine, type Entry, type Rejected, readBatch, sourceBytes } from './read-batch.ts';

/** One topic on its way into one table. */
export interface LaneOptions<V> {
  readonly topic: Topic;
  readonly group: string;
  readonly decode: (text: string, message: LogMessage) => ArchiveLine<V>;
  readonly commit: GroupCommit<Entry<V>>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly metrics: ArchiveMetrics;
  readonly availability: Availability;
}

/** Starts consuming: store, dead-letter what cannot be stored, and only then let the offsets move. */
export async function startLane<V>(options: LaneOptions<V>): Promise<Consumer> {
  const { bus, group, topic, availability } = options;
  const poison = createPoisonLimit();
  const consumer = await bus.consume({
    group,
    topics: [topic],
    startFrom: 'earliest',
    handler: { onBatch: (batch) => archiveBatch(batch, options, poison) },
  });
  consumer.stopped.catch((error: unknown) => availability.stopped(error instanceof Error ? error.message : String(error)));
  return consumer;
}

async function archiveBatch<V>(batch: Batch, options: LaneOptions<V>, poison: PoisonLimit): Promise<void> {
  const { topic, metrics, availability } = options;
  const { entries, malformed, skipped } = readBatch(batch, options.decode);
  try {
    const refused = (await options.commit.submit(entries)).map(({ item, reason }) => ({ ...item, reason }));
    await giveUp([...malformed, ...refused], options);
    // Last: what can be stored is stored and the rest is on the dead-letter topic before a flood stops the consumer.
    poison.record(entries.length - refused.length + skipped, malformed.length + refused.length);
    metrics.rows.inc({ topic }, entries.length - refused.length);
    metrics.skipped.inc({ topic }, skipped);
    metrics.deadLetters.inc({ topic, cause: 'malformed' }, malformed.length);
    metrics.deadLetters.inc({ topic, cause: 'refused' }, refused.length);
  } catch (error) {
    throw availability.failed(error);
  }
}

async function giveUp<V>(rejected: readonly Rejected[], { bus, clock }: LaneOptions<V>): Promise<void> {
  if (rejected.length === 0) return;
  const timestampUs = clock.nowUs();
  await bus.publisher.publish(
    rejected.map((one) => deadLetter(one.message, one.line.index, sourceBytes(one), { reason: `archive: ${one.reason}`, timestampUs })),
  );
}
