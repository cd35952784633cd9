import { z } from 'zod';

/** What a person can set about `zombie`. */
export const zombieConfigSchema = z.strictObject({
  graceSeconds: z
    .number()
    .nonnegative()
    .max(600)
    .default(2)
    .describe('A release that is on its way may arrive so long after the action it allowed. Unit: seconds.'),
});

export type ZombieConfig = z.infer<typeof zombieConfigSchema>;
