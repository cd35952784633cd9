import { z } from 'zod';

const whole = (least: number, most: number, fallback: number, sentence: string) =>
  z.number().int().min(least).max(most).default(fallback).describe(sentence);

/** What a person can set about `conversation_loop`. */
export const conversationConfigSchema = z.strictObject({
  identical: whole(
    2,
    1_000,
    4,
    'So many hand-overs of the very same message, between agents that answer each other with the same, are a loop. Unit: hand-overs.',
  ),
  similar: whole(
    2,
    1_000,
    10,
    'So many hand-overs in a row that differ little from one of the eight before, answered likewise, are a loop. Unit: hand-overs.',
  ),
  similarBits: whole(0, 32, 5, 'Messages whose 64-bit sketches differ in at most so many bits differ little. Unit: bits.'),
  criticalAfter: whole(1, 1_000, 2, 'A loop that is found again so often, after its pause was lifted, is critical. Unit: times.'),
  maxDepth: whole(2, 256, 12, 'Work handed on from agent to agent so many times is too deep. Unit: hand-overs.'),
  capPerMinute: whole(1, 1_000_000, 600, 'Absolute cap of hand-overs in one tree within a minute. Unit: hand-overs per minute.'),
  capUsd: z.number().positive().max(1e9).default(200).describe('Absolute cap of what one whole tree spends. Unit: USD.'),
  habitFactor: z
    .number()
    .min(1)
    .max(1_000)
    .default(5)
    .describe(
      'A tree that hands over or spends this many times what the busiest 5 % of the past trees of its workflow did is a warning. Unit: ratio.',
    ),
  leastTrees: whole(5, 1_000, 20, 'The habit of a workflow is judged from so many past trees on. Unit: trees.'),
});

export type ConversationConfig = z.infer<typeof conversationConfigSchema>;
