import { agentKey, type DecisionEvent } from '@belay/protocol';

/** A longer silence is not work: the agent waits for a person, or its process is gone. */
const GAP_MAX_US = 300_000_000;
/** No decision is at work for longer: one that says so has a broken clock, and would make every rate of the recording look small. */
const DECISION_MAX_US = 86_400_000_000;
/** They span what they end, silences included. */
const ENDS: ReadonlySet<string> = new Set(['task_end', 'session_end', 'run_end']);

/** Adds up how long agents were at work. */
export interface AgentHours {
  add(event: DecisionEvent): void;
  /** Hours at work of all agents together. */
  hours(): number;
}

/**
 * An agent is at work from the start of a decision to its end, and between two decisions that are at most 5 minutes apart. Longer gaps are
 * left out; decisions that overlap count once, and none for more than a day. One number is kept for each agent.
 */
export function createAgentHours(): AgentHours {
  const lastUs = new Map<string, number>();
  let workedUs = 0;
  return {
    add: ({ tenant, agent, kind, startUs, durationUs }) => {
      if (ENDS.has(kind)) return;
      const key = agentKey(tenant, agent.id);
      const endUs = startUs + Math.min(durationUs, DECISION_MAX_US);
      const before = lastUs.get(key);
      const fromUs = before === undefined || startUs - before > GAP_MAX_US ? startUs : before;
      workedUs += Math.max(0, endUs - fromUs);
      lastUs.set(key, Math.max(before ?? endUs, endUs));
    },
    hours: () => workedUs / 3.6e9,
  };
}
