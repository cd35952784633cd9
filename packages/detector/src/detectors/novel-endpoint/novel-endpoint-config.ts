import { z } from 'zod';

const points = (fallback: number, sentence: string) => z.number().positive().max(100).default(fallback).describe(sentence);
const count = (fallback: number, most: number, sentence: string) => z.number().int().min(0).max(most).default(fallback).describe(sentence);

const share = (fallback: number, sentence: string) => z.number().min(0).max(1).default(fallback).describe(sentence);
const habit = (fallback: number, sentence: string) => z.number().min(0.01).max(1).default(fallback).describe(sentence);

/** What a person can set about `novel_endpoint`; every default is the shipped one. */
export const novelEndpointConfigSchema = z.strictObject({
  alarmAt: points(3.75, 'A call whose news adds up to this is an alarm: lower finds more, higher alarms less. Unit: points.'),
  alarmAtAlone: points(4, 'The same while there is no prior of a fleet to tell what is ordinary. Unit: points.'),
  quarantineAt: points(3.25, 'From here on what is new in a call is not learned until a person accepts it. Unit: points.'),
  warmUpDecisions: count(20, 1_000_000, 'Silent for the first calls of an agent, in which everything is new. Unit: calls.'),
  warmUpAlone: count(30, 1_000_000, 'The same without a fleet prior; never fewer than `warmUpDecisions`. Unit: calls.'),
  warmUpHeld: count(
    10,
    1_000_000,
    'With a fleet prior, what would be suspicious is held back (info) from so many calls on, so that what nobody judged does not become ordinary for others. Unit: calls.',
  ),
  fleetPrior: z
    .boolean()
    .default(true)
    .describe('What other agents of the same name use unflagged is not new to this one. Unit: true or false.'),
  newVersionFactor: z
    .number()
    .min(1)
    .max(10)
    .default(1.25)
    .describe(
      'Right after a new version or model of the agent, alarms take this many times the points, falling back over 50 calls. Unit: ratio.',
    ),
  taskFactor: share(
    0,
    'What an earlier session of the same task brought too is worth this share: a task that comes back is not news. Unit: share.',
  ),
  sessionFactor: share(0.5, 'News that an earlier call of the session brought too is worth this share. Unit: share.'),
  taskShare: share(
    0.2,
    'Sessions are of one task when they make a call that at most this share of all sessions makes. Unit: share of sessions.',
  ),
  taskHabit: habit(
    0.5,
    'What came in at least this share of the earlier sessions of its task is what the task brings (`taskFactor`); what came in fewer counts in proportion. Unit: share of sessions.',
  ),
  taskHabitAlone: habit(0.2, 'The same without a fleet prior. Unit: share of sessions.'),
  taskShareAlone: share(0.5, 'The same without a fleet prior. Unit: share of sessions.'),
  allow: z
    .array(z.string().min(1).max(512))
    .max(1_024)
    .default([])
    .describe(
      'Destinations that this agent may use, as globs, e.g. "mailto:*@acme.example": never new; where there are any, every other destination alarms from the first call. Unit: destinations.',
    ),
  releaseSessions: count(
    0,
    255,
    'What is held back is accepted unseen after so many sessions that used it; 0 = only a person accepts. Below 20 an attack that is repeated releases itself. Unit: sessions.',
  ),
  releaseDays: z.number().int().min(1).max(365).default(2).describe('and only over so many days. Unit: days.'),
  idleSeconds: z
    .number()
    .min(60)
    .max(604_800)
    .default(600)
    .describe('A session without its end marker closes after so long without a decision. Unit: seconds.'),
  sessionsPerAgent: z
    .number()
    .int()
    .min(1)
    .max(128)
    .default(16)
    .describe('Sessions of one agent followed at once; beyond it the least recently used is forgotten. Unit: sessions.'),
});

export type NovelEndpointConfig = z.infer<typeof novelEndpointConfigSchema>;
