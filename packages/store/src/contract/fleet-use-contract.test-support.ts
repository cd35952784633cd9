import { anomaly, type DecisionOverrides } from '@belay/testkit';
import { expect, it } from 'vitest';
import { BASE_US, newTenant, recent, type StoreUnderTest, windowOf } from './store-under-test.test-support.ts';

/** What the query answers that fleet priors are made of. */
export function fleetUseContract(under: () => StoreUnderTest): void {
  const of = (tenant: string, n: number, overrides: DecisionOverrides = {}) =>
    recent({ tenant, n, agent: { name: 'office' }, sessionId: `s${n}`, ...overrides, call: { digest: `sha256:${n}`, ...overrides.call } });
  const used = async (tenant: string) => {
    const { sinceUs, untilUs } = windowOf(tenant);
    const rows = await under().store.queries.fleetUse({ sinceUs, untilUs, limit: 100_000 });
    return rows.filter((row) => row.tenant === tenant).map(({ tool, isFlagged }) => `${tool}${isFlagged === 1 ? ' flagged' : ''}`);
  };

  it('a use comes back whole, once for all its repeats', async () => {
    const tenant = newTenant();
    const features = [{ role: 'to', kind: 'mail' as const, hash: '0123456789abcdef', length: 9 }];
    const call = { name: 'send', effect: 'write' as const, digest: 'sha256:1', destinations: ['mailto:a@b.shop'], features };
    const events = [1, 2, 3].map((n) => of(tenant, n, { call }));
    await under().store.writer.insertDecisions([...events, ...events]);
    const { sinceUs, untilUs } = windowOf(tenant);
    const rows = await under().store.queries.fleetUse({ sinceUs, untilUs, limit: 100_000 });
    expect(rows.filter((row) => row.tenant === tenant)).toEqual([
      {
        tenant,
        agentName: 'office',
        agentId: 'agent-1',
        kind: 'tool',
        tool: 'send',
        effect: 'write',
        digest: 'sha256:1',
        destinations: ['mailto:a@b.shop'],
        features: JSON.stringify(features),
        isFlagged: 0,
      },
    ]);
  });

  it('only calls that had an effect, of agents that have a name', async () => {
    const tenant = newTenant();
    await under().store.writer.insertDecisions([
      of(tenant, 1, { call: { name: 'ok' } }),
      of(tenant, 2, { call: { name: 'refused' }, outcome: { status: 'blocked' } }),
      of(tenant, 3, { call: { name: 'failed' }, outcome: { status: 'error' } }),
      of(tenant, 4, { call: { name: 'proposed' }, kind: 'proposal' }),
      recent({ tenant, n: 5, call: { name: 'nameless' } }),
    ]);
    expect(await used(tenant)).toEqual(['ok']);
  });

  it('a finding flags its decision and takes the rest of its session away; a hint of another detector does neither', async () => {
    const tenant = newTenant();
    const events = ['bad', 'near', 'good', 'hinted'].map((name, i) =>
      of(tenant, i + 1, { call: { name }, sessionId: i < 2 ? 'flagged' : 'clean' }),
    );
    await under().store.writer.insertDecisions(events);
    const found = { tenant, agentId: 'agent-1', detectedUs: BASE_US };
    await under().store.writer.insertAnomalies([
      anomaly({
        ...found,
        id: 'x',
        detector: 'novel_endpoint',
        severity: 'info',
        sessionId: 'flagged',
        triggerDecisionId: events[0]?.id ?? '',
      }),
      anomaly({ ...found, id: 'y', detector: 'loop', severity: 'info', sessionId: 'clean', triggerDecisionId: events[3]?.id ?? '' }),
    ]);
    expect(await used(tenant)).toEqual(['bad flagged', 'good', 'hinted']);
  });

  it('a finding about one agent says nothing of another, in sessions of the same name', async () => {
    const tenant = newTenant();
    const events = ['a', 'b'].map((agentId, i) => of(tenant, i + 1, { agentId, call: { name: agentId }, sessionId: 'same' }));
    await under().store.writer.insertDecisions(events);
    await under().store.writer.insertAnomalies([
      anomaly({ tenant, agentId: 'a', id: 'z', detectedUs: BASE_US, sessionId: 'same', triggerDecisionId: events[0]?.id ?? '' }),
    ]);
    expect(await used(tenant)).toEqual(['a flagged', 'b']);
  });

  it('a tenant that uses much takes nothing away from one that uses little, and has what others leave of the limit', async () => {
    // Far from everybody else's: the limit is shared by all tenants of the window.
    const atUs = BASE_US + 40 * 86_400_000_000;
    const [greedy, modest] = [newTenant(), newTenant()].toSorted();
    const at = (tenant = '', n = 0): ReturnType<typeof of> =>
      of(tenant, n, { call: { name: `t${n}` }, receivedUs: atUs + n, startUs: atUs });
    const many = Array.from({ length: 30 }, (_, n) => at(greedy, n));
    await under().store.writer.insertDecisions([...many, at(modest, 1), at(modest, 2)]);
    const rows = await under().store.queries.fleetUse({ sinceUs: atUs, untilUs: atUs + 60_000_000, limit: 10 });
    expect(rows.filter(({ tenant }) => tenant === modest).map(({ tool }) => tool)).toEqual(['t1', 't2']);
    expect(rows.filter(({ tenant }) => tenant === greedy)).toHaveLength(8);
  });
}
