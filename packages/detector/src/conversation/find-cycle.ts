import type { ConversationConfig } from './conversation-config.ts';
import type { Edge } from './edge.ts';

/** Work that comes back to where it started, over hand-overs that all repeat themselves. */
export interface Cycle {
  /** Ids of its agents in the order of the work, the first being the one that handed over last. */
  readonly agents: readonly string[];
  readonly edges: readonly Edge[];
  /** Every message of it is the very same each time. */
  readonly isSame: boolean;
}

interface Context {
  readonly edges: Iterable<Edge>;
  /** Id of the agent that a hand-over names. */
  readonly idOf: (named: string) => string;
  readonly config: ConversationConfig;
}

/**
 * The shortest cycle through an edge that just repeated itself often enough. Each edge of it must repeat: an answer that changes is progress,
 * whatever the question. The others may be one hand-over behind.
 */
export function findCycle(last: Edge, { edges, idOf, config }: Context): Cycle | undefined {
  if (last.repeats(config, 0) === undefined || idOf(last.to) === last.from) return undefined;
  const repeating = [...edges].filter((edge) => edge.repeats(config, 1) !== undefined);
  const ways = new Map<string, readonly Edge[]>([[idOf(last.to), [last]]]);
  for (const [agent, way] of ways) {
    if (agent === last.from) return cycleOf(way, config);
    for (const edge of repeating) {
      const to = idOf(edge.to);
      if (edge.from === agent && !ways.has(to)) ways.set(to, [...way, edge]);
    }
  }
  return undefined;
}

const cycleOf = (edges: readonly Edge[], config: ConversationConfig): Cycle => ({
  agents: edges.map(({ from }) => from),
  edges,
  isSame: edges.every((edge) => edge.repeats(config, 1) === 'same'),
});

/** The same whichever hand-over of the cycle is found to be the last. */
export function cycleName({ agents }: Cycle): string {
  const first = agents.indexOf(agents.toSorted()[0] ?? '');
  return [...agents.slice(first), ...agents.slice(0, first)].join('>');
}
