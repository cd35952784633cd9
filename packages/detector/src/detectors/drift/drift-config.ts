import { z } from 'zod';

const runs = (fallback: number, sentence: string) => z.number().int().min(10).max(10_000).default(fallback).describe(sentence);
const runLength = (fallback: number, sentence: string) => z.number().min(100).max(1e9).default(fallback).describe(sentence);

/** What a person can set about `drift`; every default is the shipped one. */
export const driftConfigSchema = z.strictObject({
  referenceTasks: runs(40, 'So many tasks are the reference of everything but refusals. Unit: tasks.'),
  refusalReferenceTasks: runs(20, 'So many tasks are the reference of refusals. Unit: tasks.'),
  referenceTasksMost: runs(150, 'The reference grows to so many tasks while nothing is unusual, then it is frozen. Unit: tasks.'),
  levelRunLength: runLength(
    10_000,
    'Calls and tools per task: tasks between two false alarms of an agent that does not change, on average. Unit: tasks.',
  ),
  costRunLength: runLength(75_000, 'The same for cost, tokens and latency, whose tails are heavier. Unit: tasks.'),
  rateRunLength: runLength(2_000, 'The same for rates, at the upper limit of what is usual. Unit: tasks.'),
  refusalRunLength: runLength(700, 'The same for refusals while the reference has none: a healthy agent rarely sees one. Unit: tasks.'),
  newVersionFactor: z
    .number()
    .min(1)
    .max(10)
    .default(1.5)
    .describe('A new version or model inherits the reference; its limits are so much wider at first. Unit: ratio.'),
  newVersionDecisions: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(300)
    .describe('Decisions of a new version until its limits are as narrow as before. Unit: decisions.'),
  taskDecisions: z
    .number()
    .int()
    .min(5)
    .max(10_000)
    .default(50)
    .describe('An agent that never marks the end of a task: so many decisions of one session are taken for one. Unit: decisions.'),
  idleSeconds: z
    .number()
    .int()
    .min(1)
    .max(604_800)
    .default(1_800)
    .describe('A task without a decision for so long is over. Unit: seconds of event time.'),
});

export type DriftConfig = z.infer<typeof driftConfigSchema>;
