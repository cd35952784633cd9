import { z } from 'zod';

/** What a person can set about `failure`. */
export const failureConfigSchema = z.strictObject({
  streak: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(3)
    .describe('The same task failing so many times in a row is a warning. Unit: ends of the task.'),
  criticalStreak: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(10)
    .describe('The same task failing so many times in a row is critical. Unit: ends of the task.'),
});

export type FailureConfig = z.infer<typeof failureConfigSchema>;
