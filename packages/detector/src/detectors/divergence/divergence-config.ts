import { z } from 'zod';

/** What a person can set about `divergence`. */
export const divergenceConfigSchema = z.strictObject({
  high: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe('A decision whose intent, call and outcome are at least so far apart is a warning. Unit: divergence score, 0–1.'),
  leastRise: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('The mean of the last 20 scores has to be at least so much above the usual mean to be rising. Unit: divergence score.'),
  standardErrors: z.number().positive().max(100).default(5).describe('… and so many standard errors above it. Unit: standard errors.'),
  needed: z
    .number()
    .int()
    .min(20)
    .max(100_000)
    .default(100)
    .describe('Rising is judged from so many scored decisions on. Unit: decisions.'),
});

export type DivergenceConfig = z.infer<typeof divergenceConfigSchema>;
