import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentQueriesContract } from './agent-queries-contract.test-support.ts';
import { driftMetricsContract } from './drift-metrics-contract.test-support.ts';
import { fleetQueriesContract } from './fleet-queries-contract.test-support.ts';
import { fleetUseContract } from './fleet-use-contract.test-support.ts';
import { historyContract } from './history-contract.test-support.ts';
import { hostileContentContract } from './hostile-content-contract.test-support.ts';
import { foundAndDoneContract, identityContract } from './identity-contract.test-support.ts';
import { migrationContract } from './migration-contract.test-support.ts';
import { stopDelaysContract } from './stop-delays-contract.test-support.ts';
import type { StoreUnderTest } from './store-under-test.test-support.ts';

/** What every store promises (docs/history.md), run on each engine. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  const under = (): StoreUnderTest => opened;

  beforeAll(async () => {
    opened = await open();
    await opened.store.migrate();
  });
  afterAll(async () => opened?.close());

  describe('exactly one row per decision', () => identityContract(under));
  describe('exactly one row per finding and event', () => foundAndDoneContract(under));
  describe('hostile content', () => hostileContentContract(under));
  describe('migrations', () => migrationContract(under));
  describe('queries about an agent', () => agentQueriesContract(under));
  describe('queries about the fleet', () => fleetQueriesContract(under));
  describe('what detectors measure', () => driftMetricsContract(under));
  describe('history as detectors were told it', () => historyContract(under));
  describe('what fleets use', () => fleetUseContract(under));
  describe('stop delays', () => stopDelaysContract(under));

  it('says that it is healthy', async () => {
    await expect.poll(() => under().store.isHealthy()).toBe(true);
  });
}
