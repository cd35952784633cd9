import { z } from 'zod';

/** What a person can set about `telemetry_gap`. */
export const gapConfigSchema = z.strictObject({
  graceSeconds: z
    .number()
    .positive()
    .max(3_600)
    .default(30)
    .describe('A decision that was started and has ended is waited for so long before it is missing. Unit: seconds.'),
});

export type GapConfig = z.infer<typeof gapConfigSchema>;
