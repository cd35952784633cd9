import { matchesPattern } from '../keys.ts';

/** For which agents a credential speaks: globs (`*` only) over what they say of themselves. An absent one binds nothing. */
export interface AgentBinding {
  /** Over agent ids. */
  readonly agents?: string | undefined;
  readonly agentNames?: string | undefined;
  readonly environments?: string | undefined;
}

/** What an agent says of itself. */
export interface SaidOfAgent {
  readonly id: string;
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
}

/** What of an agent a credential does not cover. Stable words: the collector gives them as reasons. */
export type BindingBreach = 'agent_not_allowed' | 'name_not_allowed' | 'environment_not_allowed';

/**
 * What of it the binding does not cover; undefined = all is covered. Whoever is bound to names or environments must say its own: by leaving
 * it out an agent would escape what is set for that label.
 */
export function bindingBreach(binding: AgentBinding, { id, name, environment }: SaidOfAgent): BindingBreach | undefined {
  if (!isCovered(binding.agents, id)) return 'agent_not_allowed';
  if (!isCovered(binding.agentNames, name)) return 'name_not_allowed';
  return isCovered(binding.environments, environment) ? undefined : 'environment_not_allowed';
}

const isCovered = (pattern: string | undefined, value: string | undefined): boolean =>
  pattern === undefined || (value !== undefined && matchesPattern(pattern, value));
