import { z } from 'zod';

const factor = (fallback: number, sentence: string) => z.number().min(1).max(1000).default(fallback).describe(sentence);

const glob = z.string().min(1).max(256);

const limitSchema = z.strictObject({
  agent: glob.default('*').describe('Agent id, as a glob.'),
  agentName: glob.optional().describe('Agent name, as a glob; an agent without a name does not match.'),
  taskName: glob.optional().describe('Task name, as a glob; a decision without one does not match.'),
  per: z.enum(['run', 'session', 'task']).describe('What the limit counts over.'),
  usd: z.number().positive().max(1e6).optional().describe('Unit: USD.'),
  calls: z.number().int().positive().max(1e9).optional().describe('Unit: decisions.'),
});

/** A limit on what one run, session or task may come to. */
export type RunLimit = z.infer<typeof limitSchema>;

/** What a person can set about `spend_rate`; every default is the shipped one. */
export const spendConfigSchema = z.strictObject({
  capUsdPerMinute: z
    .number()
    .positive()
    .max(1e6)
    .default(20)
    .describe('Absolute cap from the first decision: more than this in 60 s is critical. Unit: USD per minute.'),
  capCallsPerMinute: z
    .number()
    .int()
    .positive()
    .max(1e9)
    .default(3_000)
    .describe('Absolute cap from the first decision: more decisions than this in 60 s are critical. Unit: decisions per minute.'),
  floorUsdPerMinute: z
    .number()
    .positive()
    .max(1e6)
    .default(1)
    .describe('Below this rate nothing is a burst of spend (in less than 20 s: a third of it). Unit: USD per minute.'),
  floorCallsPerMinute: z
    .number()
    .positive()
    .max(1e9)
    .default(60)
    .describe('Below this rate nothing is a burst of calls (in less than 20 s: a third of it). Unit: decisions per minute.'),
  matureSeconds: z
    .number()
    .int()
    .min(60)
    .max(604_800)
    .default(600)
    .describe(
      'Before this age of the agent, and twice the window, the limits of its own habit are wider, up to three times. Unit: seconds of event time.',
    ),
  leastSeconds: z
    .number()
    .int()
    .min(0)
    .max(604_800)
    .default(120)
    .describe('Before this age the habit is not judged at all: caps and surge only. Unit: seconds of event time.'),
  leastSamples: z
    .number()
    .int()
    .min(5)
    .max(100_000)
    .default(12)
    .describe('The habit of a window is judged from so many samples on. Unit: active seconds.'),
  memorySamples: z
    .number()
    .int()
    .min(100)
    .max(1_000_000)
    .default(20_000)
    .describe('The habit fades: past so many samples every older one counts half. Unit: active seconds.'),
  burst1sFactor: factor(
    2.75,
    'A second in which both cost and number of calls are this many times the 95th percentile of its habit is a burst. Unit: ratio.',
  ),
  burst30sFactor: factor(2.3, 'Thirty seconds that cost this many times the 95th percentile of its habit are a burst. Unit: ratio.'),
  burst120sFactor: factor(1.5, 'Two minutes that cost this many times the 95th percentile of its habit are a burst. Unit: ratio.'),
  burst300sFactor: factor(1.6, 'Five minutes that cost this many times the 95th percentile of its habit are a burst. Unit: ratio.'),
  volumeFactor: factor(
    1.5,
    'The factors of 30 s and more are multiplied by this for the number of calls, which varies more than their cost. Unit: ratio.',
  ),
  limits: z
    .array(limitSchema)
    .max(64)
    .default([])
    .describe(
      'What one run, session or task may come to, e.g. { "agent": "coder-*", "per": "run", "usd": 5 }: said before it is reached, critical when it is. Unit: list of limits.',
    ),
  forecastSteps: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('A limit that will be reached within so many steps at the present cost per step is said ahead. Unit: steps.'),
  forecastQuantile: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe(
      'It is said that early only of a run longer than this share of the runs before it; of others 4 steps ahead (0 = of every run). Unit: share.',
    ),
  runawayFactor: factor(
    2,
    'A run that is coming to this many times the most of the last 64 of its kind is a runaway, before it is there. Unit: ratio.',
  ),
  leastRuns: z.number().int().min(5).max(64).default(20).describe('Runs are judged by those before them from so many on. Unit: runs.'),
  floorUsdPerRun: z.number().positive().max(1e6).default(0.5).describe('Below this cost no run is a runaway. Unit: USD.'),
  floorCallsPerRun: z
    .number()
    .int()
    .positive()
    .max(1e9)
    .default(60)
    .describe('Below so many decisions no run is a runaway. Unit: decisions.'),
  runsPerAgent: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(128)
    .describe('Runs, sessions and tasks of one agent followed at once; beyond it the least recently used is forgotten. Unit: runs.'),
  runIdleSeconds: z
    .number()
    .int()
    .min(60)
    .max(604_800)
    .default(600)
    .describe('A run without an end marker has ended after so long without a decision, as far as the habit is concerned. Unit: seconds.'),
  newVersionFactor: factor(
    1.5,
    'Limits of the habit are this much wider right after a new version or model of the agent, narrowing over 200 decisions. Unit: ratio.',
  ),
  surgeFactor: factor(
    8,
    'While the habit is young: three decisions in a row that each cost this many times the median of those before are a surge. Unit: ratio.',
  ),
});

export type SpendConfig = z.infer<typeof spendConfigSchema>;
