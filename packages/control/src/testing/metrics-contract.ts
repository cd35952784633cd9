import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlDeps, Database } from '../index.ts';
import { type Harness, startHarness } from './control.test-support.ts';

const READING = {
  metric: 'error_rate',
  subject: '',
  atUs: 7,
  value: 0.1,
  reference: 0.02,
  statistic: 1,
  threshold: 4,
  samples: 120,
  learning: false,
};
const METRIC = { agentId: 'a', agentName: '', agentVersion: '', ...READING };

/** What drift measures, read through control. */
export function metricsCallContract(open: () => Promise<Database>): void {
  describe('drift metrics', () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    async function read(driftMetrics: ControlDeps['driftMetrics'], query: string): Promise<{ h: Harness; status: number; body: unknown }> {
      const h = await startHarness(database, {}, driftMetrics === undefined ? {} : { driftMetrics });
      try {
        const headers = { authorization: `Bearer ${await h.operator()}` };
        const response = await fetch(`${h.control.url}/v1/metrics/drift${query}`, { headers });
        return { h, status: response.status, body: await response.json() };
      } finally {
        await h.stop();
      }
    }

    test('are of the tenant of the token, with the series of the agent that is asked for', async () => {
      const asked: object[] = [];
      const reader: ControlDeps['driftMetrics'] = {
        latest: async (window) => {
          asked.push(window);
          return [METRIC];
        },
        series: async (window) => {
          asked.push(window);
          return [READING];
        },
      };
      const { h, body } = await read(reader, '?agentId=a&sinceUs=5');
      expect(body).toEqual({ metrics: [METRIC], series: [READING] });
      const of = { tenant: h.tenant, agentId: 'a', sinceUs: 5 };
      expect(asked).toEqual([expect.objectContaining(of), expect.objectContaining(of)]);
      expect((await read(reader, '')).body).toEqual({ metrics: [METRIC], series: [] });
    });

    test('without an archive beside control are refused, with where to look', async () => {
      const { status, body } = await read(undefined, '');
      expect(status).toBe(503);
      expect(body).toMatchObject({ detail: expect.stringContaining('detector_scores_v2') });
    });
  });
}
