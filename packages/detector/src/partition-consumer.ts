import type { CheckpointSource } from '@belay/bus';
import { BelayError, type Topic } from '@belay/protocol';
import type { Logger } from 'pino';
import type { DetectorConfig } from './config.ts';
import type { PartitionJudge } from './pipeline/partition-judge.ts';
import { PartitionWorker, type WorkerDeps } from './pipeline/partition-worker.ts';

const TICK_MS = 1_000;

/** What one topic is judged by. */
export interface ConsumerSpec<Judge extends PartitionJudge> {
  /** `detector`, in sentences of the log. */
  readonly name: string;
  readonly topic: Topic;
  /** Consumer group; its checkpoints carry this name. */
  readonly group: string;
  /** A new judge for each partition. */
  create(): Judge;
  /** A partition was taken over and its state restored. */
  onRestored?(worker: PartitionWorker<Judge>, partition: number): void;
}

export interface PartitionConsumer<Judge extends PartitionJudge> {
  readonly workers: ReadonlyMap<number, PartitionWorker<Judge>>;
  /** Settles when it has ended: resolves after `stop`, rejects with what stopped it. */
  readonly stopped: Promise<void>;
  /** Finishes the batch in hand, stores the state, leaves the group. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Judges a topic, each partition by a worker of its own, state in checkpoints (docs/adr/006-detector-state-and-restarts.md).
 * @throws BelayError `unavailable` when the log cannot be reached.
 */
export async function consumePartitions<Judge extends PartitionJudge>(
  spec: ConsumerSpec<Judge>,
  config: DetectorConfig,
  { logger, ...deps }: WorkerDeps & { readonly logger: Logger },
): Promise<PartitionConsumer<Judge>> {
  const { name, topic, group } = spec;
  const workers = new Map<number, PartitionWorker<Judge>>();
  const sourceOf = (partition: number): CheckpointSource => ({ group, topic, partition });
  const consumer = await deps.bus.consume({
    group,
    topics: [topic],
    startFrom: 'earliest',
    commit: 'manual',
    handler: {
      onAssigned: async ({ partition }) => {
        const worker = await PartitionWorker.open(sourceOf(partition), spec.create(), config, deps);
        workers.set(partition, worker);
        spec.onRestored?.(worker, partition);
        return worker.nextOffset === undefined ? undefined : { startAt: worker.nextOffset };
      },
      onRevoked: async ({ partition }) => {
        const worker = workers.get(partition);
        workers.delete(partition);
        await worker?.close();
      },
      onBatch: async (batch) => {
        const worker = workers.get(batch.partition);
        if (worker === undefined) throw new BelayError('internal', `A batch of partition ${batch.partition} came before its assignment.`);
        await worker.process(batch);
        if (!worker.isFenced) return;
        logger.warn({ partition: batch.partition }, 'another member opened this partition; it is restored again if it is still ours');
        throw new BelayError('fenced', `Another ${name} opened partition ${batch.partition}; what it stored is the newer state.`);
      },
    },
  });
  const timer = setInterval(() => tickAll(workers, logger), TICK_MS);
  timer.unref();
  consumer.stopped.catch((error: unknown) =>
    logger.error({ err: error }, `the ${name} stopped; nothing is judged until it is started again`),
  );
  return {
    workers,
    stopped: consumer.stopped,
    stop: async () => {
      clearInterval(timer);
      await consumer.stop();
    },
  };
}

function tickAll(workers: ReadonlyMap<number, PartitionWorker<PartitionJudge>>, logger: Logger): void {
  for (const [partition, worker] of workers) {
    try {
      worker.tick();
    } catch (error) {
      logger.warn({ err: error, partition }, 'a checkpoint failed; judging goes on, it is tried again');
    }
  }
}
