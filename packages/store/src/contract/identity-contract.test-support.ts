import { anomaly } from '@belay/testkit';
import { expect, it } from 'vitest';
import { BASE_US, DAY_US, newTenant, recent, type StoreUnderTest } from './store-under-test.test-support.ts';

/** Exactly one row per identity, whatever arrives how often and when. */
export function identityContract(under: () => StoreUnderTest): void {
  const counts = (tenant: string) => under().store.queries.historyCounts({ tenant });

  it('shows a decision once, however often and whenever its copies arrive, before and after merges', async () => {
    const tenant = newTenant();
    const first = recent({ tenant, outcome: { summary: 'as first told' } });
    const late = (laterUs: number) => ({
      ...first,
      receivedUs: first.receivedUs + laterUs,
      outcome: { status: 'ok' as const, summary: 'rewritten' },
    });
    await under().store.writer.insertDecisions([late(5 * DAY_US)]);
    await under().store.writer.insertDecisions([late(61_000_000), first, first]);
    await under().store.writer.insertDecisions([first]);
    await under().store.writer.insertDecisions([late(1), late(DAY_US)]);
    const before = await counts(tenant);
    expect(before.decisions).toBe(1);
    expect(before.decisionCopies).toBeGreaterThan(1);
    await under().execute('OPTIMIZE TABLE decisions FINAL');
    expect(await counts(tenant)).toMatchObject({ decisions: 1, decisionCopies: 4 });
    const [row] = await under().store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 10 });
    expect(row).toMatchObject({ id: first.id, receivedUs: first.receivedUs, outcomeSummary: 'as first told' });
  });

  it('counts a decision in one window only when its copies are received in two', async () => {
    const tenant = newTenant();
    const first = recent({ tenant, costNanoUsd: 5 });
    const repeat = { ...first, receivedUs: first.receivedUs + 7_200_000_000 };
    await under().store.writer.insertDecisions([first, repeat]);
    const spend = (sinceUs: number) => under().store.queries.spendPerAgent({ tenant, sinceUs, untilUs: sinceUs + 3_600_000_000, limit: 5 });
    expect(await spend(first.receivedUs - 1)).toMatchObject([{ costNanoUsd: 5, decisions: 1 }]);
    expect(await spend(repeat.receivedUs - 1)).toEqual([]);
  });

  it('keeps the same span id of two agents and of two tenants apart', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await under().store.writer.insertDecisions([recent({ tenant }), recent({ tenant, agentId: 'agent-2' }), recent({ tenant: other })]);
    expect([(await counts(tenant)).decisions, (await counts(other)).decisions]).toEqual([2, 1]);
  });

  it('takes the identity from the id, whatever the trace says', async () => {
    const tenant = newTenant();
    const event = recent({ tenant, trace: { traceId: 'other', spanId: 'other' } });
    await under().store.writer.insertDecisions([event]);
    expect(await under().store.queries.decision({ tenant, agentId: 'agent-1', id: event.id })).toMatchObject({ id: event.id });
  });
}

/** The same for anomalies and control events. */
export function foundAndDoneContract(under: () => StoreUnderTest): void {
  it('shows an anomaly and a control event once, as first told, when they are told again days later', async () => {
    const tenant = newTenant();
    const found = anomaly({ tenant, detectedUs: BASE_US, explanation: 'first' });
    const state = {
      v: 1,
      id: 'e1',
      tenant,
      agentId: 'agent-1',
      atUs: BASE_US,
      actor: 'control',
      type: 'run.state',
      runId: 'r',
      to: 'paused',
    } as const;
    await under().store.writer.insertAnomalies([{ ...found, detectedUs: BASE_US + 2 * DAY_US, explanation: 'again' }]);
    await under().store.writer.insertAnomalies([found, found]);
    await under().store.writer.insertControlEvents([state, { ...state, atUs: BASE_US + 3 * DAY_US }]);
    await under().store.writer.insertControlEvents([state]);
    expect(await under().store.queries.historyCounts({ tenant })).toMatchObject({ anomalies: 1, controlEvents: 1 });
    const window = { tenant, sinceUs: BASE_US - 1, untilUs: BASE_US + 9 * DAY_US, limit: 9 };
    expect(await under().store.queries.anomalies(window)).toMatchObject([{ explanation: 'first', detectedUs: BASE_US }]);
  });
}
