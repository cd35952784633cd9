import { z } from 'zod';

/** What a person can set about `denial_burst`. */
export const denialConfigSchema = z.strictObject({
  burst: z.number().int().min(2).max(32).default(5).describe('So many refusals within burstSeconds are a burst. Unit: refused decisions.'),
  burstSeconds: z.number().positive().max(86_400).default(60).describe('The window of a burst. Unit: seconds of event time.'),
  probes: z
    .number()
    .int()
    .min(2)
    .max(32)
    .default(4)
    .describe('So many different calls refused within probeSeconds are an agent that tries its limits. Unit: different calls.'),
  probeSeconds: z.number().positive().max(86_400).default(300).describe('The window of probes. Unit: seconds of event time.'),
  leastShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('Below this share of refusals among its last 20 decisions an agent is only busy. Unit: share.'),
});

export type DenialConfig = z.infer<typeof denialConfigSchema>;
