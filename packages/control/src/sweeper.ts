import { reportOverdue } from './ledger/deadlines.ts';
import { prune } from './ledger/prune.ts';
import { loseSilentRuns } from './ledger/runs.ts';
import type { RunWork } from './ledger/work.ts';
import type { Logger } from './logger.ts';
import type { ControlMetrics } from './metrics.ts';

export interface Sweeper {
  /** One round: lost runs and overdue acknowledgements. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

const PRUNE_EVERY_US = 60_000_000;

/** What time alone makes true is looked for at an interval; replicas may all do it, the agents' row locks make each report happen once. */
export function createSweeper(deps: {
  run: RunWork;
  metrics: ControlMetrics;
  logger: Logger;
  intervalMs: number;
  nowUs: () => number;
  also: () => Promise<void>;
}): Sweeper {
  let prunedUs = 0;
  const round = async (): Promise<void> => {
    deps.metrics.lostRuns.inc(await deps.run(loseSilentRuns));
    deps.metrics.unconfirmed.inc(await deps.run(reportOverdue));
    if (deps.nowUs() - prunedUs > PRUNE_EVERY_US) {
      prunedUs = deps.nowUs();
      await deps.run(prune);
    }
    await deps.also();
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
  }, deps.intervalMs);
  timer.unref();
  return {
    sweep,
    stop: async () => {
      clearInterval(timer);
      await current?.catch(() => undefined);
    },
  };
}
