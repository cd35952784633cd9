import { z } from 'zod';

/** A reading of a detector, for plots and for people: the value of `belay.scores.v1` (docs/contracts.md §2.6). Times µs. */
export const scoreSchema = z.strictObject({
  v: z.literal(1),
  tenant: z.string().max(63),
  agentId: z.string().max(256),
  agentName: z.string().max(256).optional(),
  agentVersion: z.string().max(64).optional(),
  detector: z.string().max(64),
  /** What was measured, e.g. `error_rate`. */
  metric: z.string().max(64),
  /** Of what, where a metric is measured of several things, e.g. an action type. */
  subject: z.string().max(256).optional(),
  /** On the metric's own scale; docs/detectors say its unit. */
  value: z.number(),
  /** What is normal for this agent. */
  reference: z.number().optional(),
  /** The value of the test of the two, and the value at which it alarms. */
  statistic: z.number().optional(),
  threshold: z.number().optional(),
  /** Decisions or tasks behind `value`. */
  samples: z.number().int().nonnegative(),
  /** The reference is still being learnt: no alarm can come of it. */
  learning: z.boolean(),
  /** Event time of the reading. */
  atUs: z.number().int(),
});

export type Score = z.infer<typeof scoreSchema>;
