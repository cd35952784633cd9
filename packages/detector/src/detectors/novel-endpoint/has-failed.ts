import type { DecisionEvent } from '@belay/protocol';

/** It had no effect: not what the agent does, and not what it can be judged by. */
export const hasFailed = ({ outcome }: Pick<DecisionEvent, 'outcome'>): boolean =>
  outcome !== undefined && (outcome.status === 'error' || outcome.status === 'blocked' || outcome.status === 'cancelled');
