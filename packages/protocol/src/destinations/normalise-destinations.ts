import { type Leaf, leavesOf } from '../call/leaves.ts';
import { agentOfTool } from './agent.ts';
import { addTo, MAX_DESTINATIONS } from './found.ts';
import { repositoryOf } from './repository.ts';
import { roleOf, roleOfTool } from './roles.ts';
import { addValue } from './value.ts';

/** Stands in the last place when a call has more destinations than are kept: what was left out must not pass unseen. */
const OVERFLOW = 'other:overflow';

/**
 * Where a call goes, in one spelling (docs/contracts.md §2.3): URLs, mail domains and people, accounts, hosts, repositories, file roots, tables,
 * phone countries, programs, agents. At most 32, each at most 512 characters. Pure; never throws, whatever the arguments; takes time
 * proportional to what it reads, which is bounded.
 * @param leaves of the arguments, where they are at hand.
 */
export function normaliseDestinations(tool: string, args: unknown, leaves: readonly Leaf[] = leavesOf(args)): string[] {
  const found: string[] = [];
  const agent = agentOfTool(tool);
  if (agent !== undefined) addTo(found, agent);
  addOwnerAndName(found, args);
  const fallback = leaves.length > 0 ? roleOfTool(tool) : 'other';
  for (const leaf of leaves) addLeaf(found, leaf, fallback);
  if (found.length <= MAX_DESTINATIONS) return found;
  return [...found.slice(0, MAX_DESTINATIONS - 1), OVERFLOW];
}

function addLeaf(found: string[], { key, value, shape }: Leaf, fallback: ReturnType<typeof roleOfTool>): void {
  if (typeof value !== 'string' && typeof value !== 'number') return;
  const named = roleOf(key);
  const role = named === 'other' ? fallback : named;
  // A bare number names nothing unless its argument says what it is of.
  if (role === 'other' && typeof value === 'number') return;
  addValue(found, String(value), { role, isNamed: named !== 'other', shape });
}

/** `{ owner, repo }`, as the tools of the forges have it. */
function addOwnerAndName(found: string[], args: unknown): void {
  if (typeof args !== 'object' || args === null) return;
  const { owner, org, repo, repository } = args as Readonly<Record<string, unknown>>;
  const first = owner ?? org;
  const second = repo ?? repository;
  if (typeof first !== 'string' || typeof second !== 'string') return;
  const key = repositoryOf(`${first}/${second}`);
  if (key !== undefined) addTo(found, key);
}
