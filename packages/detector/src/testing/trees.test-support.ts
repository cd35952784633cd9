import type { DecisionEvent } from '@belay/protocol';
import { type DecisionOverrides, decision, MANUAL_CLOCK_START_US } from '@belay/testkit';

let n = 0;

/** An agent of a tree that acts: its decisions are numbered over all agents and two seconds apart. */
export const acts = (agentId: string, sessionId: string, more: DecisionOverrides = {}): DecisionEvent => {
  n++;
  return decision({
    n,
    agentId,
    sessionId,
    rootSessionId: 'root',
    runId: `run-of-${agentId}`,
    startUs: MANUAL_CLOCK_START_US + n * 2_000_000,
    ...more,
  });
};

/** `from` hands `to` a message. */
export const hands = (
  from: string,
  sessionId: string,
  to: string,
  message: { digest: string; sketch?: string },
  more: DecisionOverrides = {},
) => acts(from, sessionId, { kind: 'agent', ...more, call: { name: to, effect: 'write', destinations: [`agent:${to}`], ...message } });

/** Planner and reviewer give each other the same work `rounds` times; each round each of them thinks with a model first. */
export const pingPong = (
  rounds: number,
  message: (round: number) => { digest: string; sketch?: string } = () => ({ digest: 'same' }),
): DecisionEvent[] =>
  Array.from({ length: rounds }, (_, round) => [
    acts('planner', 'root', { kind: 'model', call: undefined, costNanoUsd: 10_000_000 }),
    hands('planner', 'root', 'reviewer', message(round)),
    acts('reviewer', 'review', { kind: 'model', call: undefined, costNanoUsd: 10_000_000 }),
    hands('reviewer', 'review', 'planner', { digest: `answer-${message(round).digest}` }),
  ]).flat();
