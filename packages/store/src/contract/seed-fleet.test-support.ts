import { anomaly } from '@belay/testkit';
import type { Store } from '../store.ts';
import { stop } from './stop-delays-contract.test-support.ts';
import { BASE_US, recent } from './store-under-test.test-support.ts';

export const HOSTILE_AGENT = "it's \\ an agent";
export const FLEET = ['agent-1', HOSTILE_AGENT] as const;

/** Thirty decisions, two findings and one held back, a confirmed and an unconfirmed stop of each agent of tenant `acme`; every row twice. */
export async function seedFleet(store: Store): Promise<void> {
  for (const [index, agentId] of FLEET.entries()) {
    for (let copy = 0; copy < 2; copy += 1) await seedAgent(store, agentId, index * 10);
  }
}

async function seedAgent(store: Store, agentId: string, base: number): Promise<void> {
  const statuses = ['ok', 'error', 'blocked'] as const;
  const decisions = Array.from({ length: 30 }, (_, index) => {
    const status = statuses[index % 3] ?? 'ok';
    return recent({
      agentId,
      runId: `run-${base}`,
      n: index + 1,
      seq: index * 2,
      outcome: { status },
      costNanoUsd: 1_000_000_001,
      environment: 'prod',
    });
  });
  await store.writer.insertDecisions(decisions);
  const found = (n: number) =>
    anomaly({ agentId, id: `anomaly-${base + n}`, environment: 'prod', detectedUs: BASE_US, triggerUs: BASE_US - 5000 });
  await store.writer.insertAnomalies([found(1), found(2), { ...found(3), suppressed: 'learning' }]);
  const stops = [
    ...stop('acme', base + 1, { placed: 2, applied: 10, confirmed: 20 }),
    ...stop('acme', base + 2, { placed: 4, applied: 30 }),
  ];
  await store.writer.insertControlEvents(stops.map((one) => ({ ...one, agentId })));
  await store.writer.insertControlEvents([
    {
      v: 1,
      id: `state-${base}`,
      tenant: 'acme',
      agentId,
      atUs: BASE_US,
      actor: 'control',
      type: 'run.state',
      runId: `run-${base}`,
      to: 'paused',
    },
  ]);
}
