import { z } from 'zod';

const factor = (fallback: number, sentence: string) => z.number().min(1).max(1000).default(fallback).describe(sentence);

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
    .describe('Below this rate nothing is a burst of spend (in 10 s: a third of it). Unit: USD per minute.'),
  floorCallsPerMinute: z
    .number()
    .positive()
    .max(1e9)
    .default(60)
    .describe('Below this rate nothing is a burst of calls (in 10 s: a third of it). Unit: decisions per minute.'),
  matureSeconds: z
    .number()
    .int()
    .min(60)
    .max(604_800)
    .default(600)
    .describe('Before this age of the agent the limits of its own habit are wider, up to three times. Unit: seconds of event time.'),
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
  burst10sFactor: factor(
    2.2,
    'Ten seconds that cost this many times the most expensive ten seconds of its habit are a burst. Unit: ratio.',
  ),
  burst60sFactor: factor(1.5, 'A minute that costs this many times the 99th percentile of its habit is a burst. Unit: ratio.'),
  burst300sFactor: factor(1.6, 'Five minutes that cost this many times the 95th percentile of its habit are a burst. Unit: ratio.'),
  volumeFactor: factor(
    1.5,
    'The three factors are multiplied by this for the number of calls, which varies more than their cost. Unit: ratio.',
  ),
  surgeFactor: factor(
    8,
    'While the habit is young: three decisions in a row that each cost this many times the median of those before are a surge. Unit: ratio.',
  ),
});

export type SpendConfig = z.infer<typeof spendConfigSchema>;
