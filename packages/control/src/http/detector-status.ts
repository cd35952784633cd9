import { type Json, matchesPattern, parseAgentKey } from '@belay/protocol';
import { z } from 'zod';

const statusSchema = z.looseObject({
  agents: z.array(z.looseObject({ key: z.string() })).optional(),
  modes: z.array(z.looseObject({ tenant: z.string().default('*') })).optional(),
});

/**
 * What detectors in reach say of themselves, as one tenant may see it: of agents only its own, of configured modes those that concern it,
 * without the names of others. null = none is in reach, or what it says is not understood: what cannot be filtered is not shown.
 */
export function detectorStatusOf(status: Json | undefined, tenant: string): unknown {
  const read = statusSchema.safeParse(status).data;
  if (read === undefined) return null;
  const modes = read.modes?.filter((rule) => matchesPattern(rule.tenant, tenant)).map(({ tenant: _, ...rule }) => rule);
  const agents = read.agents?.filter(({ key }) => parseAgentKey(key)?.tenant === tenant);
  return { ...read, ...(agents === undefined ? {} : { agents }), ...(modes === undefined ? {} : { modes }) };
}
