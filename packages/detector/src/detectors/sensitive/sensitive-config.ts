import { z } from 'zod';

const pattern = z.string().min(1).max(512);
const hour = z.number().int().min(0).max(24);

/** What a person can set about `sensitive`. */
export const sensitiveConfigSchema = z.strictObject({
  marked: z
    .array(pattern)
    .max(256)
    .default(['db:insert:*', 'db:update:*', 'db:delete:*', 'db:drop:*', 'db:truncate:*', 'db:alter:*', 'db:grant:*', 'db:create:*'])
    .describe('Destinations, as globs, to which a write is sensitive. Unit: list of destinations.'),
  needed: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(50)
    .describe("Sensitive writes are judged against the agent's habit from so many decisions on. Unit: decisions."),
  hours: z
    .strictObject({ from: hour, to: hour, days: z.array(z.number().int().min(0).max(6)).max(7).default([0, 1, 2, 3, 4, 5, 6]) })
    .optional()
    .describe(
      'When sensitive writes are allowed at all: from hour to hour (UTC; to may be smaller, over midnight), days 0 = Sunday. Unit: hours.',
    ),
  habitDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('The hours of the day of its sensitive writes are a habit after so many days that had some. Unit: days.'),
});

export type SensitiveConfig = z.infer<typeof sensitiveConfigSchema>;
