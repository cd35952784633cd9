import type { Kysely } from 'kysely';
import type { ControlSettings } from './config.ts';
import type { Tables } from './database/tables.ts';
import { findOverdue, reportOverdue } from './ledger/deadlines.ts';
import { expireHold, findAbandonedHolds } from './ledger/expiry.ts';
import { prune } from './ledger/prune.ts';
import { findSilentRuns, loseRun } from './ledger/runs.ts';
import type { RunWork } from './ledger/work.ts';
import type { Logger } from './logger.ts';
import type { ControlMetrics } from './metrics.ts';

export interface Sweeper {
  /** One round: lost runs and overdue acknowledgements. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

const PRUNE_EVERY_US = 60_000_000;
const EXPIRE_EVERY_US = 30_000_000;
const LARGEST_GAP_US = 60_000_000;
const LISTEN_US = 600_000_000;

export interface SweeperDeps {
  readonly db: Kysely<Tables>;
  readonly run: RunWork;
  readonly metrics: ControlMetrics;
  readonly logger: Logger;
  readonly settings: ControlSettings;
  readonly nowUs: () => number;
  /** What else is looked after at each round. */
  readonly also: () => Promise<void>;
}

/**
 * What time alone makes true is looked for at an interval. Each finding is a transaction of its own, so that no two agents are locked at
 * once. Replicas may all sweep: the agent's row lock makes each report happen once.
 */
export function createSweeper(deps: SweeperDeps): Sweeper {
  let prunedUs = 0;
  let expiredUs = 0;
  const watch = createWatch();
  const round = async (): Promise<void> => {
    for (const run of await findSilentRuns(deps.db, deps.nowUs() - deps.settings.lostAfterMs * 1000)) {
      if (await deps.run((work) => loseRun(work, run))) deps.metrics.lostRuns.inc();
    }
    for (const ack of await findOverdue(deps.db, deps.nowUs())) {
      if (await deps.run((work) => reportOverdue(work, ack))) deps.metrics.unconfirmed.inc();
    }
    if (deps.nowUs() - prunedUs > PRUNE_EVERY_US) {
      // The outbox fills faster than a batch a minute: until it is down to size, every round takes one.
      if (!(await deps.run(prune))) prunedUs = deps.nowUs();
    }
    if (watch.isLong(deps.nowUs()) && deps.nowUs() - expiredUs >= EXPIRE_EVERY_US) {
      await expireHolds(deps);
      expiredUs = deps.nowUs();
    }
    await deps.also();
    watch.seen(deps.nowUs());
  };
  let current: Promise<void> | undefined;
  const sweep = (): Promise<void> => {
    current ??= round().finally(() => {
      current = undefined;
    });
    return current;
  };
  const timer = setInterval(() => {
    sweep().catch((error: unknown) =>
      deps.logger.error({ error: String(error) }, 'A sweep for lost runs and overdue acknowledgements failed; the next one follows.'),
    );
  }, deps.settings.sweepIntervalMs);
  timer.unref();
  return {
    sweep,
    stop: async () => {
      clearInterval(timer);
      await current?.catch(() => undefined);
    },
  };
}

async function expireHolds({ db, run, nowUs, settings, metrics }: SweeperDeps): Promise<void> {
  for (const hold of await findAbandonedHolds(db, nowUs() - settings.expireAfterMs * 1000)) {
    if (await run((work) => expireHold(work, hold))) metrics.expiredHolds.inc();
  }
}

/**
 * Silence means something only to who listened: after a start, or a gap of our own (suspended, database away), agents get time to be heard
 * before their silence counts.
 */
function createWatch(): { seen(nowUs: number): void; isLong(nowUs: number): boolean } {
  let sinceUs: number | undefined;
  let lastUs = 0;
  const isGap = (nowUs: number): boolean => sinceUs === undefined || nowUs - lastUs > LARGEST_GAP_US;
  return {
    seen: (nowUs) => {
      if (isGap(nowUs)) sinceUs = nowUs;
      lastUs = nowUs;
    },
    isLong: (nowUs) => !isGap(nowUs) && nowUs - (sinceUs ?? nowUs) >= LISTEN_US,
  };
}
