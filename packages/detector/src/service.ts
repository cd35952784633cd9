import type { Bus } from '@belay/bus';
import { type Clock, type DetectorMode, TOPICS } from '@belay/protocol';
import type { Logger } from 'pino';
import type { DetectorConfig } from './config.ts';
import { configDigestOf } from './config-digest.ts';
import { CONVERSATION_DETECTOR } from './conversation/conversation-detector.ts';
import { ConversationJudge } from './conversation/conversation-judge.ts';
import { detectorRegistry } from './detectors/registry.ts';
import { createDetectorMetrics } from './metrics.ts';
import { consumePartitions } from './partition-consumer.ts';
import { configuredMode, lowestConfiguredMode } from './pipeline/mode-of.ts';
import type { PartitionWorker } from './pipeline/partition-worker.ts';
import { Pipeline } from './pipeline/pipeline.ts';

/** Agents listed in {@link DetectorStatus}; more are counted only. */
const STATUS_AGENTS_MAX = 1_000;

/** What the service knows about itself. */
export interface DetectorStatus {
  /** See `configDigestOf`: a backtest of the same digest shows what these detectors find. */
  readonly configDigest: string;
  /** Since when this process runs with it, µs. */
  readonly configSinceUs: number;
  /** `mode`: as configured for any agent, before what operators set; `lowestMode`: the least that is configured for some agent or rule. */
  readonly detectors: readonly {
    readonly id: string;
    readonly version: number;
    readonly stability: string;
    readonly mode: DetectorMode;
    readonly lowestMode: DetectorMode;
  }[];
  /** The rules of the configuration by which findings have their modes: the first that matches; none = shadow. */
  readonly modes: DetectorConfig['modes'];
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
  const running = { config, digest: configDigestOf(config), sinceUs: clock.nowUs() };
  const deps = { bus, clock, metrics, logger };
  const agents = await consumePartitions(
    {
      name: 'detector',
      topic: TOPICS.decisions,
      group: config.group,
      create: () => new Pipeline(config),
      onRestored: (worker, partition) => logRestored(logger, worker, partition),
    },
    config,
    deps,
  );
  const trees = await consumePartitions(
    {
      name: 'detector of conversations',
      topic: TOPICS.conversations,
      group: `${config.group}-conversations`,
      create: () => new ConversationJudge(config),
      onRestored: ({ restoredUs }, partition) =>
        logger.info({ partition, restoreMs: restoredUs / 1000 }, 'conversations of a partition taken over'),
    },
    config,
    deps,
  ).catch(async (error: unknown) => {
    await agents.stop();
    throw error;
  });
  return {
    stopped: Promise.all([agents.stopped, trees.stopped]).then(() => undefined),
    stop: async () => {
      await Promise.all([agents.stop(), trees.stop()]);
    },
    metrics: () => metrics.text(),
    status: () => statusOf(agents.workers, running),
  };
}

function logRestored(logger: Logger, { judge, restoredUs }: PartitionWorker<Pipeline>, partition: number): void {
  logger.info({ partition, restoreMs: restoredUs / 1000, agents: judge.agents.packed }, 'detector took over a partition');
  if (judge.counts.corrupt > 0)
    logger.error(
      { partition },
      'the stored modes and held agents of this partition were damaged and start afresh; set operator modes again',
    );
}

interface Running {
  readonly config: DetectorConfig;
  readonly digest: string;
  readonly sinceUs: number;
}

/** A probe is answered whatever is configured. */
const PROBE_MODES = { mode: 'enforce', lowestMode: 'enforce' } as const;

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
    detectors: [...detectorRegistry, CONVERSATION_DETECTOR].map(({ id, version, stability, ...type }) => ({
      id,
      version,
      stability,
      ...('probe' in type && type.probe ? PROBE_MODES : { mode: configuredMode(id, config), lowestMode: lowestConfiguredMode(id, config) }),
    })),
    modes: config.modes,
    partitions: [...workers].map(([partition, { judge: pipeline, nextOffset, restoredUs }]) => ({
      partition,
      agents: pipeline.agents.hot + pipeline.agents.packed,
      restoreMs: restoredUs / 1000,
      ...(nextOffset === undefined ? {} : { nextOffset: String(nextOffset) }),
    })),
    agents,
  };
}
