import { type Json, parseAgentKey } from '@belay/protocol';
import { z } from 'zod';

const statusSchema = z.looseObject({ agents: z.array(z.looseObject({ key: z.string() })) });

/** What detectors in reach say of themselves, as one tenant may see it: of agents only its own. null = none is in reach. */
export function detectorStatusOf(status: Json | undefined, tenant: string): unknown {
  const read = statusSchema.safeParse(status).data;
  if (read === undefined) return status ?? null;
  return { ...read, agents: read.agents.filter(({ key }) => parseAgentKey(key)?.tenant === tenant) };
}
