import { z } from 'zod';

const count = (fallback: number, sentence: string) => z.number().int().min(2).max(1_000_000).default(fallback).describe(sentence);

/** What a person can set about `loop`; every default is the shipped one. */
export const loopConfigSchema = z.strictObject({
  l0Repeats: count(50, 'L0, the absolute cap: so many identical calls in a row are critical, whatever their results. Unit: calls.'),
  l0GapSeconds: z.number().positive().max(86_400).default(60).describe('L0 counts calls that are less than this apart. Unit: seconds.'),
  l1Nudge: count(3, 'L1: so many identical calls with identical results in a row are worth a hint. Unit: calls.'),
  l1Loop: count(4, 'L1: so many identical calls with identical results in a row are a loop. Unit: calls.'),
  l1bLoop: count(10, 'L1b: the same, where the repeats are at least pollGapSeconds apart. Unit: calls.'),
  pollGapSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe('Repeats at least this far apart are polls (L1b), not L1. Unit: seconds.'),
  l2Nudge: count(3, 'L2: so many failures of one identical call in a row, whatever the error says, are worth a hint. Unit: calls.'),
  l2Loop: count(4, 'L2: so many failures of one identical call in a row are a loop. Unit: calls.'),
  l3Rounds: count(3, 'L3: a cycle of 2 calls with identical results is a loop after so many times round. Unit: rounds.'),
  l4Rounds: count(4, 'L4: a cycle of 3 to 5 calls with identical results is a loop after so many times round. Unit: rounds.'),
  l5Rounds: count(
    5,
    'L5: a cycle of 1 to 5 calls by arguments alone, where results are unknown, is a loop after so many times round. Unit: rounds.',
  ),
  l6Repeats: count(
    8,
    'L6: so many equal calls with equal results among the last l6Window are a loop, other calls between them or not. Unit: calls.',
  ),
  l6Window: z.number().int().min(8).max(40).default(40).describe('L6 looks at so many of the last calls. Unit: calls.'),
  l7Streak: count(10, 'L7: so many failures in a row with the same error across different tools are a cascade. Unit: calls.'),
  l7Tools: count(2, 'L7 needs so many different tools among the failures. Unit: tools.'),
  l8Messages: count(3, 'L8: so many identical or empty model messages with no action between are a monologue. Unit: messages.'),
  l9Nudge: count(3, 'L9: so many failures of one tool in a row, whatever the arguments, are worth a hint. Unit: calls.'),
  l9Loop: count(4, 'L9: so many failures of one tool in a row, whatever the arguments, are a loop. Unit: calls.'),
  l10Condensations: count(10, 'L10: so many condensations of the context with no action between are a loop. Unit: model calls.'),
  l11Loop: count(5, 'L11: so many calls in a row that bring nothing new (failures, and repeats of what is known) are a loop. Unit: calls.'),
  l11Failures: count(3, 'L11 needs so many failures among them, and a repeat: either alone belongs to the other rules. Unit: calls.'),
  waitRepeats: count(10, 'wait: blank arguments and a blank result are waiting; so many in a row are a loop. Unit: calls.'),
  idleSeconds: z
    .number()
    .min(60)
    .max(604_800)
    .default(600)
    .describe(
      'A session without its end marker closes after so long without a decision; the time of a hold does not count. Unit: seconds.',
    ),
  sessionsPerAgent: z
    .number()
    .int()
    .min(1)
    .max(128)
    .default(32)
    .describe('Sessions of one agent followed at once; beyond it the least recently used is forgotten. Unit: sessions.'),
  pollTools: z
    .array(z.string().min(1).max(256))
    .max(256)
    .default([])
    .describe('Tools whose author declares them to be polls, as globs: exempt from L0, L1, L1b and L6. Unit: tool names.'),
  condenserModels: z
    .array(z.string().min(1).max(256))
    .max(64)
    .default(['*condense*', '*compactor*', '*compaction*'])
    .describe('Models whose calls condense the context even when the span does not say so, as globs. Unit: model names.'),
  off: z.array(z.string().max(8)).max(16).default([]).describe('Rules switched off by their id, e.g. "L6". Unit: rule ids.'),
});

export type LoopConfig = z.infer<typeof loopConfigSchema>;
