import { agentKey, type DecisionEvent } from '@belay/protocol';

/** A longer silence is not work: the agent waits for a person, or its process is gone. */
const GAP_MAX_US = 300_000_000;

/** Adds up how long agents were at work. */
export interface AgentHours {
  add(event: DecisionEvent): void;
  /** Hours at work of all agents together. */
  hours(): number;
}

/**
 * An agent is at work from the start of a decision to its end, and between two decisions that are at most 5 minutes apart. Longer gaps are
 * left out; decisions that overlap count once. One number is kept for each agent.
 */
export function createAgentHours(): AgentHours {
  const lastUs = new Map<string, number>();
  let workedUs = 0;
  return {
    add: ({ tenant, agent, startUs, durationUs }) => {
      const key = agentKey(tenant, agent.id);
      const endUs = startUs + durationUs;
      const before = lastUs.get(key);
      const fromUs = before === undefined || startUs - before > GAP_MAX_US ? startUs : before;
      workedUs += Math.max(0, endUs - fromUs);
      lastUs.set(key, Math.max(before ?? endUs, endUs));
    },
    hours: () => workedUs / 3.6e9,
  };
}
