import { parseAgentKey } from '@belay/protocol';
import { z } from 'zod';

const detectorsSchema = z.looseObject({
  status: z.looseObject({
    configSinceUs: z.number().optional(),
    agents: z.array(
      z.looseObject({
        key: z.string(),
        learning: z.array(z.looseObject({ detector: z.string(), learned: z.number(), needed: z.number() })),
      }),
    ),
  }),
});

/** What detectors in reach say of the agents that have acted since they started. */
export interface Learning {
  /** Detectors that do not know an agent yet, e.g. `drift 12/40`, by agent id; an empty list: nothing is left to learn. */
  readonly agents: ReadonlyMap<string, readonly string[]>;
  /** When they started, µs. */
  readonly sinceUs: number | undefined;
}

/** Which detectors are still learning which agent, from the answer of `GET /v1/detectors`; undefined where no detectors are in reach. */
export function learningOf(answer: unknown): Learning | undefined {
  const read = detectorsSchema.safeParse(answer);
  if (!read.success) return undefined;
  const { configSinceUs, agents } = read.data.status;
  const byId = agents.map(({ key, learning }): [string, string[]] => [
    parseAgentKey(key)?.agentId ?? key,
    learning.filter(({ learned, needed }) => learned < needed).map(({ detector, learned, needed }) => `${detector} ${learned}/${needed}`),
  ]);
  return { agents: new Map(byId), sinceUs: configSinceUs };
}
