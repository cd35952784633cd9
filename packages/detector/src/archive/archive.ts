import type { Bus, LogMessage } from '@belay/bus';
import { type Clock, decodeAnomaly, decodeControlEvent, decodeLine, decodeScore, isBelayError, TOPICS, type Topic } from '@belay/protocol';
import type { Reading, Store } from '@belay/store';
import type { Logger } from 'pino';
import { type ArchiveConfig, withDefaults } from './archive-config.ts';
import { type ArchiveGauges, type ArchiveMetrics, createArchiveMetrics } from './archive-metrics.ts';
import { createAvailability, type LaneState } from './availability.ts';
import { drainLanes } from './drain.ts';
import { createGroupCommit } from './group-commit.ts';
import { insertIsolating, type Refused } from './insert-isolating.ts';
import { startLane } from './lane.ts';
import type { ArchiveLine, Entry } from './read-batch.ts';

export interface ArchiveDeps {
  readonly bus: Bus;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** State of each part of the archive. */
export interface ArchiveStatus {
  readonly decisions: LaneState;
  readonly anomalies: LaneState;
  readonly control: LaneState;
  readonly scores: LaneState;
}

export interface Archive {
  /**
   * Stores what is on the log, without lingering from now on, until nothing is left of it; at most `timeoutMs`, and no longer than the store
   * answers. For the end of a whole platform: `stop` alone leaves to the next start, or to another member, what is not in hand. Never rejects.
   * @returns messages that are left on the log; undefined when the log does not tell.
   */
  drain(timeoutMs: number): Promise<number | undefined>;
  /** Stores what is in hand, commits, leaves the groups. Idempotent. The bus and the store stay open. */
  stop(): Promise<void>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  status(): ArchiveStatus;
}

/**
 * The record: decisions, anomalies, control events and scores from the log into the store (docs/history.md). Migrates the store first. Offsets move
 * after the rows are stored, so a crash repeats rows and loses none; the views show each identity once. While the store is away the archive
 * waits and alarms; it never slows detection, which reads the log in a group of its own.
 * @throws BelayError `bad_configuration` when the store's schema was edited; `unavailable` when the log cannot be reached.
 */
export async function createArchive(config: ArchiveConfig, deps: ArchiveDeps): Promise<Archive> {
  const gauges: ArchiveGauges[] = [];
  const context: LaneContext = {
    config: withDefaults(config),
    deps,
    metrics: createArchiveMetrics(() => gauges),
    migrated: once(() => deps.store.migrate()),
  };
  await deps.bus.ensureTopics();
  await migrateOrWait(context.migrated, deps.logger);
  const lanes: OpenLane[] = [];
  const stop = once(async () => {
    await Promise.all(lanes.map((lane) => lane.stop()));
  });
  try {
    const { decisions, anomalies, control, scores } = await openLanes(context, lanes);
    gauges.push(...lanes);
    return {
      drain: (timeoutMs) => {
        for (const lane of lanes) lane.hurry();
        return drainLanes(lanes, timeoutMs);
      },
      stop,
      metrics: () => context.metrics.registry.metrics(),
      status: () => ({
        decisions: decisions.state(),
        anomalies: anomalies.state(),
        control: control.state(),
        scores: scores.state(),
      }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens one lane per topic; each that is open is in `lanes`, also when a later one cannot be opened. */
async function openLanes(context: LaneContext, lanes: OpenLane[]): Promise<Record<keyof ArchiveStatus, OpenLane>> {
  const { writer } = context.deps.store;
  const open = async <V>(spec: LaneSpec<V>): Promise<OpenLane> => {
    const lane = await openLane(context, spec);
    lanes.push(lane);
    return lane;
  };
  return {
    decisions: await open({ topic: TOPICS.decisions, name: 'decisions', decode: decodeDecision, insert: writer.insertDecisions }),
    anomalies: await open({ topic: TOPICS.anomalies, name: 'anomalies', decode: decodeAnomaly, insert: writer.insertAnomalies }),
    control: await open({ topic: TOPICS.control, name: 'control', decode: decodeControlEvent, insert: writer.insertControlEvents }),
    scores: await open({
      topic: TOPICS.scores,
      name: 'scores',
      decode: decodeReading,
      insert: writer.insertDetectorScores,
    }),
  };
}

/** A score is placed by its message's time, which is the platform's. */
function decodeReading(text: string, { timestampUs }: LogMessage): ArchiveLine<Reading> {
  const decoded = decodeScore(text);
  return 'malformed' in decoded ? decoded : { value: { score: decoded.value, receivedUs: timestampUs } };
}

/** A store that is away does not keep the archive from starting: the first insert tries again. One with an edited schema does. */
async function migrateOrWait(migrated: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await migrated();
  } catch (error) {
    if (!isBelayError(error) || !error.retryable) throw error;
    logger.warn({ reason: error.message }, 'the store is away; the archive starts and waits for it');
  }
}

interface LaneContext {
  readonly config: Required<ArchiveConfig>;
  readonly deps: ArchiveDeps;
  readonly metrics: ArchiveMetrics;
  migrated(): Promise<void>;
}

interface LaneSpec<V> {
  readonly topic: Topic;
  readonly name: string;
  readonly decode: (text: string, message: LogMessage) => ArchiveLine<V>;
  readonly insert: (values: readonly V[]) => Promise<void>;
}

type OpenLane = ArchiveGauges & { hurry(): void; stop(): Promise<void> };

async function openLane<V>({ config, deps, metrics, migrated }: LaneContext, spec: LaneSpec<V>): Promise<OpenLane> {
  const { bus, clock, logger } = deps;
  const { topic } = spec;
  const group = `${config.group}-${spec.name}`;
  const availability = createAvailability({ what: spec.name, clock, logger, ...config });
  const insert = (entries: readonly Entry<V>[]): Promise<void> => spec.insert(entries.map((entry) => entry.value));
  let witness: Entry<V> | undefined;
  const commit = createGroupCommit<Entry<V>>({
    ...config,
    insert: async (entries) => {
      const endTimer = metrics.insertSeconds.startTimer({ topic });
      try {
        await migrated();
        const refused = await insertIsolating(entries, insert, { maxRefusedShare: config.maxRefusedShare, witness });
        witness = storedOf(entries, refused) ?? witness;
        availability.succeeded();
        metrics.inserts.inc({ topic, result: 'ok' });
        return refused;
      } catch (error) {
        metrics.inserts.inc({ topic, result: 'failed' });
        throw error;
      } finally {
        endTimer();
      }
    },
  });
  const consumer = await startLane({ topic, group, decode: spec.decode, commit, bus, clock, metrics, availability });
  return {
    topic,
    state: availability.state,
    lag: () => lagOf(bus, group, topic),
    hurry: commit.hurry,
    stop: async () => {
      commit.hurry();
      await consumer.stop();
    },
  };
}

function storedOf<T>(items: readonly T[], refused: readonly Refused<T>[]): T | undefined {
  const isRefused = new Set(refused.map(({ item }) => item));
  return items.findLast((item) => !isRefused.has(item));
}

const decodeDecision = (text: string): ReturnType<typeof decodeStored> => decodeStored(decodeLine(text));

function decodeStored(decoded: ReturnType<typeof decodeLine>): ArchiveLine<Extract<typeof decoded, { event: unknown }>['event']> {
  if ('event' in decoded) return { value: decoded.event };
  return 'malformed' in decoded ? decoded : { skipped: true };
}

async function lagOf(bus: Bus, group: string, topic: Topic): Promise<number> {
  try {
    return Number((await bus.lag(group, topic)).reduce((sum, one) => sum + one.lag, 0n));
  } catch {
    // A scrape must not fail because the log is away; the log has alarms of its own.
    return Number.NaN;
  }
}

/** Runs `work` until it has succeeded once; callers of that time share it. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
