import type { Bus, CheckpointSource } from '@belay/bus';
import { BelayError, type Clock, type DetectorMode, TOPICS } from '@belay/protocol';
import type { Logger } from 'pino';
import type { DetectorConfig } from './config.ts';
import { configDigestOf } from './config-digest.ts';
import { detectorRegistry } from './detectors/registry.ts';
import { createDetectorMetrics } from './metrics.ts';
import { configuredMode } from './pipeline/mode-of.ts';
import { PartitionWorker } from './pipeline/partition-worker.ts';
import { Pipeline } from './pipeline/pipeline.ts';

/** Agents listed in {@link DetectorStatus}; more are counted only. */
const STATUS_AGENTS_MAX = 1_000;
const TICK_MS = 1_000;

/** What the service knows about itself. */
export interface DetectorStatus {
  /** See `configDigestOf`: a backtest of the same digest shows what these detectors find. */
  readonly configDigest: string;
  /** Since when this process runs with it, µs. */
  readonly configSinceUs: number;
  /** `mode`: as configured for any agent, before what operators set. */
  readonly detectors: readonly { readonly id: string; readonly version: number; readonly stability: string; readonly mode: DetectorMode }[];
  readonly partitions: readonly {
    readonly partition: number;
    readonly nextOffset?: string;
    readonly agents: number;
    readonly restoreMs: number;
  }[];
  /** Live agents and how far each detector has learnt them; `needed` 0 = it needs no warm-up. */
  readonly agents: readonly {
    readonly key: string;
    readonly learning: readonly { readonly detector: string; readonly learned: number; readonly needed: number }[];
  }[];
}

export interface DetectorDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DetectorService {
  /** Settles when the service has ended: resolves after `stop`, rejects with what stopped it. */
  readonly stopped: Promise<void>;
  /** Finishes the batch in hand, stores the state, leaves the group. Idempotent. */
  stop(): Promise<void>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  status(): DetectorStatus;
}

/**
 * Starts the detectors: decisions in, anomalies out at once under deterministic ids, state in checkpoints (docs/adr/006-detector-state-and-restarts.md).
 * @throws BelayError `unavailable` when the log cannot be reached.
 */
export async function createDetector(config: DetectorConfig, { bus, clock, logger }: DetectorDeps): Promise<DetectorService> {
  const metrics = createDetectorMetrics();
  const workers = new Map<number, PartitionWorker<Pipeline>>();
  const running = { config, digest: configDigestOf(config), sinceUs: clock.nowUs() };
  const sourceOf = (partition: number): CheckpointSource => ({ group: config.group, topic: TOPICS.decisions, partition });
  const consumer = await bus.consume({
    group: config.group,
    topics: [TOPICS.decisions],
    startFrom: 'earliest',
    commit: 'manual',
    handler: {
      onAssigned: async ({ partition }) => {
        const worker = await PartitionWorker.open(sourceOf(partition), new Pipeline(config), config, { bus, clock, metrics });
        workers.set(partition, worker);
        logger.info(
          { partition, restoreMs: worker.restoredUs / 1000, agents: worker.judge.agents.packed },
          'detector took over a partition',
        );
        if (worker.judge.counts.corrupt > 0)
          logger.error(
            { partition },
            'the stored modes and held agents of this partition were damaged and start afresh; set operator modes again',
          );
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
        throw new BelayError('fenced', `Another detector opened partition ${batch.partition}; what it stored is the newer state.`);
      },
    },
  });
  const timer = setInterval(() => {
    for (const [partition, worker] of workers) {
      try {
        worker.tick();
      } catch (error) {
        logger.warn({ err: error, partition }, 'a checkpoint failed; judging goes on, it is tried again');
      }
    }
  }, TICK_MS);
  timer.unref();
  consumer.stopped.catch((error: unknown) =>
    logger.error({ err: error }, 'the detector stopped; nothing is judged until it is started again'),
  );
  return {
    stopped: consumer.stopped,
    stop: async () => {
      clearInterval(timer);
      await consumer.stop();
    },
    metrics: () => metrics.text(),
    status: () => statusOf(workers, running),
  };
}

interface Running {
  readonly config: DetectorConfig;
  readonly digest: string;
  readonly sinceUs: number;
}

function statusOf(workers: ReadonlyMap<number, PartitionWorker<Pipeline>>, { config, digest, sinceUs }: Running): DetectorStatus {
  const agents: { key: string; learning: readonly { detector: string; learned: number; needed: number }[] }[] = [];
  for (const { judge: pipeline } of workers.values()) {
    for (const key of pipeline.hotKeys()) {
      const learning = agents.length < STATUS_AGENTS_MAX ? pipeline.learningOf(key) : undefined;
      if (learning !== undefined) agents.push({ key, learning });
    }
  }
  return {
    configDigest: digest,
    configSinceUs: sinceUs,
    detectors: detectorRegistry.map(({ id, version, stability }) => ({ id, version, stability, mode: configuredMode(id, config) })),
    partitions: [...workers].map(([partition, { judge: pipeline, nextOffset, restoredUs }]) => ({
      partition,
      agents: pipeline.agents.hot + pipeline.agents.packed,
      restoreMs: restoredUs / 1000,
      ...(nextOffset === undefined ? {} : { nextOffset: String(nextOffset) }),
    })),
    agents,
  };
}
