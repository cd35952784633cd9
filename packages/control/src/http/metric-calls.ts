import { BelayError, type OperatorRole } from '@belay/protocol';
import { z } from 'zod';
import { type Call, defineCall } from './call.ts';

const EVERYONE: readonly OperatorRole[] = ['viewer', 'approver', 'operator', 'admin'];
const DAY_US = 86_400_000_000;
/** 20 metrics and subjects a minute, for half a day. */
const SERIES_MAX = 15_000;
const LATEST_MAX = 20_000;
const reading = {
  metric: z.string().describe('success_rate, error_rate, approval_rejection_rate, cost_per_task (USD), action_mix'),
  subject: z.string().describe("what it is measured of, e.g. 'write:send_mail'; empty for the agent as a whole"),
  atUs: z.number().int(),
  value: z.number(),
  reference: z.number().nullable().describe('what is normal for this agent; null while that is being learnt'),
  statistic: z.number().nullable().describe('the test of the two'),
  threshold: z.number().nullable().describe('the value at which the test alarms'),
  samples: z.number().int(),
  learning: z.boolean(),
};
const readingView = z.object(reading);
const metricView = z.object({ agentId: z.string(), agentName: z.string(), agentVersion: z.string(), ...reading });

const readDriftMetrics = defineCall({
  id: 'readDriftMetrics',
  method: 'GET',
  path: '/v1/metrics/drift',
  plane: 'operator',
  roles: EVERYONE,
  summary:
    'What the detector drift last measured of each agent; of one agent also how it got there, newest first. 503 where no archive runs beside control.',
  query: z.object({
    agentId: z.string().min(1).max(256).optional(),
    sinceUs: z.coerce.number().int().min(0).max(8.64e15).optional().describe('default: a day ago'),
  }),
  responses: {
    200: { description: 'metrics', schema: z.object({ metrics: z.array(metricView), series: z.array(readingView) }) },
  },
  handling: {
    kind: 'read',
    handle: async ({ driftMetrics, clock }, { query: { agentId, sinceUs }, principal }) => {
      if (driftMetrics === undefined)
        throw new BelayError('unavailable', 'No archive runs beside this control: read the view detector_scores_v2 of ClickHouse itself.');
      const nowUs = clock.nowUs();
      const window = { tenant: principal.tenant, sinceUs: sinceUs ?? nowUs - DAY_US, untilUs: nowUs + DAY_US };
      const metrics = await driftMetrics.latest({ ...window, limit: LATEST_MAX, ...(agentId === undefined ? {} : { agentId }) });
      const series = agentId === undefined ? [] : await driftMetrics.series({ ...window, limit: SERIES_MAX, agentId });
      return { status: 200, body: { metrics, series } };
    },
  },
});

/** What detectors measure of agents. */
export const metricCalls: readonly Call[] = [readDriftMetrics];
