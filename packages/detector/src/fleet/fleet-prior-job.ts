import { type Bus, packLines } from '@belay/bus';
import { type Clock, encodeEvent, type InputRecord, TOPICS } from '@belay/protocol';
import type { FleetUseRecord, Store } from '@belay/store';
import type { Logger } from 'pino';
import { boundaryBefore, SETTLE_US } from './fleet-schedule.ts';
import { type FleetKeys, FleetUsage } from './fleet-usage.ts';
import { priorRecords } from './prior-records.ts';
import { useOfRecord } from './use-of-record.ts';

const TICK_MS = 1_000;
/** A long past is read in windows of this length, so that no answer is large. µs. */
const WINDOW_US = 6 * 3_600e6;
/** Distinct uses read of one window; tenants share them in equal parts, and what one leaves is the others'. */
const ROWS_MAX = 200_000;

export interface FleetPriorConfig {
  /** Seconds from one boundary of the schedule to the next; 0 = never. */
  readonly periodSeconds: number;
  /** How much of the past the first run reads. Default 7 days. Unit: seconds. */
  readonly lookbackSeconds?: number;
}

export interface FleetPriorDeps {
  readonly bus: Bus;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Gathers what fleets use, on a schedule, and tells every detector. */
export interface FleetPriorJob {
  /** Does what is due by now. Never rejects: what fails is logged, and done at the next boundary. @returns records published, over all partitions. */
  runDue(): Promise<number>;
  /** Finishes what is in hand. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Reads at each boundary what was used unflagged since the last one, folds it, and publishes the priors that changed to every partition of
 * the decisions. Two such jobs publish the same: a version that is known is ignored.
 */
export function createFleetPriorJob(
  { periodSeconds, lookbackSeconds = 7 * 86_400 }: FleetPriorConfig,
  deps: FleetPriorDeps,
): FleetPriorJob {
  const usage = new FleetUsage();
  const unsent = new Map<string, FleetKeys>();
  let readUntilUs: number | undefined;
  let running: Promise<number> = Promise.resolve(0);
  let doneUs = Number.NEGATIVE_INFINITY;

  const runAt = async (boundaryUs: number): Promise<number> => {
    const untilUs = boundaryUs - SETTLE_US;
    const fromUs = readUntilUs ?? untilUs - lookbackSeconds * 1e6;
    for (let sinceUs = fromUs; sinceUs < untilUs; sinceUs += WINDOW_US) {
      const endUs = Math.min(untilUs, sinceUs + WINDOW_US);
      for (const row of await readWindow(deps, { sinceUs: sinceUs + 1, untilUs: endUs })) usage.take(useOfRecord(row));
      readUntilUs = endUs;
    }
    for (const keys of usage.changed()) unsent.set(`${keys.tenant}|${keys.agentName}`, keys);
    const records = [...unsent.values()].flatMap((keys) => priorRecords(keys, boundaryUs));
    const sent = await publish(deps.bus, records, deps.clock.nowUs());
    unsent.clear();
    return sent;
  };

  const runDue = (): Promise<number> => {
    running = running.then(async () => {
      const boundaryUs = boundaryBefore(deps.clock.nowUs(), periodSeconds);
      if (boundaryUs <= doneUs) return 0;
      doneUs = boundaryUs;
      try {
        return await runAt(boundaryUs);
      } catch (error) {
        deps.logger.warn({ err: error }, 'the fleet priors could not be renewed; detectors go on with those they have, it is tried again');
        return 0;
      }
    });
    return running;
  };

  const timer = periodSeconds === 0 ? undefined : setInterval(() => void runDue(), TICK_MS);
  timer?.unref();
  return {
    runDue,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function readWindow(
  { store, logger }: FleetPriorDeps,
  window: { sinceUs: number; untilUs: number },
): Promise<readonly FleetUseRecord[]> {
  const rows = await store.queries.fleetUse({ ...window, limit: ROWS_MAX });
  if (rows.length === ROWS_MAX)
    logger.warn(
      { ...window, rows: rows.length },
      'fleets used more than one window of their priors takes; the rest is left out of those of the tenants that used most',
    );
  return rows;
}

async function publish(bus: Bus, records: readonly InputRecord[], nowUs: number): Promise<number> {
  if (records.length === 0) return 0;
  const partitions = await bus.partitions(TOPICS.decisions);
  const lines = records.map(encodeEvent);
  const messages = Array.from({ length: partitions }, (_, partition) =>
    packLines({ topic: TOPICS.decisions, key: 'belay/fleet-prior', lines, timestampUs: nowUs, partition }),
  );
  await bus.publisher.publish(messages.flat());
  return records.length * partitions;
}
