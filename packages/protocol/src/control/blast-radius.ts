/** Most agents of a tenant that may be held automatically within the breaker's window (10 minutes): 10 % of the known ones, at least 3. */
export const blastRadiusLimit = (knownAgents: number): number => Math.max(3, Math.floor(knownAgents / 10));
