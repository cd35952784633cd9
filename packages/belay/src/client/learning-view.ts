import { parseAgentKey } from '@belay/protocol';
import { z } from 'zod';

const detectorsSchema = z.looseObject({
  status: z.looseObject({
    agents: z.array(
      z.looseObject({
        key: z.string(),
        learning: z.array(z.looseObject({ detector: z.string(), learned: z.number(), needed: z.number() })),
      }),
    ),
  }),
});

/** A detector that does not know an agent yet, e.g. `drift 12/40`. */
export type Learning = ReadonlyMap<string, readonly string[]>;

/**
 * Which detectors are still learning which agent, by agent id, from the answer of `GET /v1/detectors`. An agent of which nothing is left to
 * learn has an empty list; one that no detector in reach is watching has none. undefined where no detectors are in reach.
 */
export function learningOf(answer: unknown): Learning | undefined {
  const read = detectorsSchema.safeParse(answer);
  if (!read.success) return undefined;
  return new Map(
    read.data.status.agents.map(({ key, learning }) => [
      parseAgentKey(key)?.agentId ?? key,
      learning.filter(({ learned, needed }) => learned < needed).map(({ detector, learned, needed }) => `${detector} ${learned}/${needed}`),
    ]),
  );
}
