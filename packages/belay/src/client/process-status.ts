import { z } from 'zod';

const tripSchema = z.object({ atUs: z.number(), heldUs: z.number(), appliedUs: z.number(), confirmedUs: z.number() });

const processStatusSchema = z.looseObject({
  pid: z.number(),
  node: z.string(),
  tenant: z.string(),
  roles: z.array(z.string()),
  engines: z.record(z.string(), z.string()),
  startedUs: z.number(),
  nowUs: z.number(),
  health: z.record(z.string(), z.boolean()),
  lag: z.record(z.string(), z.number()),
  memoryBytes: z.number(),
  canary: z
    .looseObject({
      state: z.enum(['waiting', 'working', 'broken']),
      last: tripSchema.optional(),
      averageUs: z.number().optional(),
      trips: z.number(),
      failures: z.number(),
      problem: z.string().optional(),
    })
    .optional(),
});

/** What `/status` of a platform process says. */
export type ProcessStatus = z.infer<typeof processStatusSchema>;

/** Asks a platform process how it is; undefined when it does not answer as one. */
export async function readProcessStatus(statusUrl: string | undefined): Promise<ProcessStatus | undefined> {
  if (statusUrl === undefined) return undefined;
  try {
    const response = await fetch(`${statusUrl}/status`, { signal: AbortSignal.timeout(5_000) });
    return processStatusSchema.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}
