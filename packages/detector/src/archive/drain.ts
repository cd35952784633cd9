import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveGauges } from './archive-metrics.ts';

const POLL_MS = 10;

/**
 * Waits until no lane has anything left to store, at most `timeoutMs`. A lane that waits for the store, or has stopped, is not waited for.
 * @returns messages that are left on the log; undefined when the log does not tell.
 */
export async function drainLanes(lanes: readonly Pick<ArchiveGauges, 'state' | 'lag'>[], timeoutMs: number): Promise<number | undefined> {
  const over = new AbortController();
  let left: number | undefined;
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const lags = await Promise.all(lanes.map((lane) => lane.lag()));
      const sum = lags.reduce((total, lag) => total + lag, 0);
      left = Number.isNaN(sum) ? undefined : sum;
      if (!lanes.some((lane, index) => lags[index] !== 0 && lane.state().state === 'running')) return;
      await sleep(POLL_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  // A log that is away may keep its answer for longer than there is time.
  await Promise.race([look(), sleep(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
  return left;
}
