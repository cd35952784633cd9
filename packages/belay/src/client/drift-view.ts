import { z } from 'zod';

const reading = {
  metric: z.string(),
  subject: z.string(),
  atUs: z.number(),
  value: z.number(),
  reference: z.number().nullable(),
  statistic: z.number().nullable(),
  threshold: z.number().nullable(),
  samples: z.number(),
  learning: z.boolean(),
};

/** What `GET /v1/metrics/drift` answers: the newest reading of each metric; of one agent also its readings, newest first. */
export const driftSchema = z.object({
  metrics: z.array(z.looseObject({ agentId: z.string(), ...reading })),
  series: z.array(z.looseObject(reading)),
});
export type DriftAnswer = z.infer<typeof driftSchema>;
export type DriftMetricView = DriftAnswer['metrics'][number];
