import type { Bus } from '../bus.ts';
import type { BusHarness, LogUnderTest } from './log.test-support.ts';

/** Runs a test on a fresh log and cleans up after it. */
export async function withLog(harness: BusHarness, test: (log: LogUnderTest) => Promise<void>): Promise<void> {
  const log = await harness.fresh();
  try {
    await test(log);
  } finally {
    await log.dispose();
  }
}

/** Runs a test on one bus on a fresh log. */
export const withBus = (harness: BusHarness, test: (bus: Bus) => Promise<void>, options: { queueBytes?: number } = {}): Promise<void> =>
  withLog(harness, async (log) => test(await log.open(options)));
