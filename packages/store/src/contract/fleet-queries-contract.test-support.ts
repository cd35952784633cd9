import { anomaly } from '@belay/testkit';
import { expect, it } from 'vitest';
import { BASE_US, newTenant, recent, type StoreUnderTest, windowOf } from './store-under-test.test-support.ts';

/** What the named queries about the fleet answer. */
export function fleetQueriesContract(under: () => StoreUnderTest): void {
  it('anomalies are those of the window, of all agents or of one', async () => {
    const tenant = newTenant();
    const at = (id: string, agentId: string, detectedUs: number) => anomaly({ tenant, id, agentId, detectedUs, triggerUs: -1 });
    await under().store.writer.insertAnomalies([at('a', 'x', BASE_US), at('b', 'y', BASE_US + 5), at('old', 'x', BASE_US - 9_000_000)]);
    const ids = async (agentId?: string) =>
      (await under().store.queries.anomalies({ ...windowOf(tenant), ...(agentId === undefined ? {} : { agentId }) })).map((row) => row.id);
    expect([await ids(), await ids('x')]).toEqual([['b', 'a'], ['a']]);
  });

  it('spend per agent is exact and dearest first, decisions without a cost included', async () => {
    const tenant = newTenant();
    const dear = [1, 2, 3].map((n) => recent({ tenant, n, agentId: 'dear', costNanoUsd: 100_000_000_000_001, usage: { inputTokens: 3 } }));
    await under().store.writer.insertDecisions([...dear, recent({ tenant, agentId: 'free' })]);
    expect(await under().store.queries.spendPerAgent(windowOf(tenant))).toEqual([
      { agentId: 'dear', costNanoUsd: 300_000_000_000_003, inputTokens: 9, outputTokens: 0, decisions: 3 },
      { agentId: 'free', costNanoUsd: 0, inputTokens: 0, outputTokens: 0, decisions: 1 },
    ]);
  });

  it('fleet activity counts decisions, errors, refusals and anomalies of each agent', async () => {
    const tenant = newTenant();
    const statuses = ['ok', 'error', 'timeout', 'blocked'] as const;
    await under().store.writer.insertDecisions(statuses.map((status, index) => recent({ tenant, n: index + 1, outcome: { status } })));
    await under().store.writer.insertAnomalies([anomaly({ tenant, detectedUs: BASE_US })]);
    expect(await under().store.queries.fleetActivity(windowOf(tenant))).toEqual([
      { agentId: 'agent-1', decisions: 4, errors: 2, blocked: 1, lastReceivedUs: recent({ n: 4 }).receivedUs, anomalies: 1 },
    ]);
  });
}
