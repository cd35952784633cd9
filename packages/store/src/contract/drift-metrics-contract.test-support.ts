import type { Score } from '@belay/protocol';
import { expect, it } from 'vitest';
import type { Reading } from '../rows/score-row.ts';
import { BASE_US, newTenant, type StoreUnderTest } from './store-under-test.test-support.ts';

const MINUTE_US = 60_000_000;
const YEAR_US = 365 * 86_400_000_000;
const WINDOW = { sinceUs: BASE_US, untilUs: BASE_US + 60 * MINUTE_US, limit: 100 };

/** Made at `atUs` of the agent's clock, a year before the platform's. */
const reading = (tenant: string, { atUs = BASE_US, ...overrides }: Partial<Score> = {}): Reading => ({
  receivedUs: atUs,
  score: { ...scoreOf(tenant), atUs: atUs - YEAR_US, ...overrides },
});

const scoreOf = (tenant: string): Score => ({
  v: 1,
  tenant,
  agentId: 'agent-1',
  detector: 'drift',
  metric: 'error_rate',
  value: 0.1,
  samples: 120,
  learning: false,
  atUs: BASE_US,
});

/** What detectors measure of an agent, as it is kept. */
export function driftMetricsContract(under: () => StoreUnderTest): void {
  it('a reading stored twice is shown once, with what it lacks as null', async () => {
    const tenant = newTenant();
    await under().store.writer.insertDetectorScores([reading(tenant)]);
    await under().store.writer.insertDetectorScores([reading(tenant)]);
    const rows = await under().execute(`SELECT value, reference, threshold, subject FROM detector_scores_v2 WHERE tenant = '${tenant}'`);
    expect(rows).toEqual([{ value: 0.1, reference: null, threshold: null, subject: '' }]);
    expect(await under().execute(`SELECT score FROM detector_scores_v1 WHERE tenant = '${tenant}'`)).toEqual([{ score: 0.1 }]);
  });

  it('the newest reading of each metric and subject is found, of one agent or of all', async () => {
    const tenant = newTenant();
    const of = (subject: string, at: number, value: number) =>
      reading(tenant, { metric: 'success_rate', subject, atUs: BASE_US + at * MINUTE_US, value, samples: 10 - at });
    await under().store.writer.insertDetectorScores([
      of('read:search', 1, 0.9),
      of('read:search', 2, 0.8),
      of('write:send', 2, 1),
      reading(tenant, { reference: 0.02, statistic: 1.5, threshold: 4, agentName: 'shop', agentVersion: '7' }),
      reading(tenant, { agentId: 'agent-2' }),
      reading(tenant, { detector: 'spend_rate' }),
    ]);
    const { driftMetrics } = under().store.queries;
    const one = await driftMetrics({ tenant, agentId: 'agent-1', ...WINDOW });
    expect(one.map(({ metric, subject, value }) => [metric, subject, value])).toEqual([
      ['error_rate', '', 0.1],
      ['success_rate', 'read:search', 0.8],
      ['success_rate', 'write:send', 1],
    ]);
    expect(one[0]).toMatchObject({ reference: 0.02, statistic: 1.5, threshold: 4, samples: 120, learning: false, agentVersion: '7' });
    expect((await driftMetrics({ tenant, ...WINDOW })).map(({ agentId }) => agentId)).toContain('agent-2');
  });

  it('a newest reading without a reference does not show an older one', async () => {
    const tenant = newTenant();
    await under().store.writer.insertDetectorScores([
      reading(tenant, { reference: 0.5 }),
      reading(tenant, { atUs: BASE_US + MINUTE_US, learning: true }),
    ]);
    expect(await under().store.queries.driftMetrics({ tenant, ...WINDOW })).toMatchObject([{ reference: null, learning: true }]);
  });

  it('two readings received together are told apart by the time of the agent', async () => {
    const tenant = newTenant();
    const at = (atUs: number, value: number): Reading => ({ receivedUs: BASE_US, score: { ...scoreOf(tenant), atUs, value } });
    await under().store.writer.insertDetectorScores([at(1, 0.1), at(2, 0.2), at(1, 0.1)]);
    const rows = await under().store.queries.driftMetricSeries({ tenant, agentId: 'agent-1', ...WINDOW });
    expect(rows.map(({ value }) => value)).toEqual([0.2, 0.1]);
    expect(await under().store.queries.driftMetrics({ tenant, ...WINDOW })).toMatchObject([{ value: 0.2 }]);
  });

  it('the series of one agent is what was measured in the window, newest first', async () => {
    const tenant = newTenant();
    await under().store.writer.insertDetectorScores(
      [0, 1, 2, 99].map((minute) => reading(tenant, { atUs: BASE_US + minute * MINUTE_US, value: minute })),
    );
    const rows = await under().store.queries.driftMetricSeries({ tenant, agentId: 'agent-1', ...WINDOW, limit: 2 });
    expect(rows.map(({ atUs, value }) => [atUs, value])).toEqual([
      [BASE_US + 2 * MINUTE_US, 2],
      [BASE_US + MINUTE_US, 1],
    ]);
  });
}
