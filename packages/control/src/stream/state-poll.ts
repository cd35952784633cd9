import { type AgentKey, BelayError } from '@belay/protocol';
import type { Principal } from '../http/authenticate.ts';
import type { Services } from '../services.ts';
import type { AgentState } from './agent-state.ts';

export interface PollRequest {
  readonly key: AgentKey;
  readonly principal: Principal;
  readonly agentId: string;
  /** The epoch that the caller has; undefined = any state is news. */
  readonly epoch: number | undefined;
  readonly waitMs: number;
}

/** The agent's state: at once when it differs from what the caller has, else when it changes or the wait is over. */
export async function waitForState(services: Services, request: PollRequest): Promise<AgentState> {
  const now = await services.readState(request.principal.tenant, request.agentId);
  if (request.waitMs === 0 || request.epoch === undefined || now.epoch !== request.epoch) return now;
  return new Promise((resolve, reject) => {
    const done = (state: AgentState): void => {
      clearTimeout(timer);
      unsubscribe();
      services.streams.remove(waiting);
      resolve(state);
    };
    const waiting = { owner: request.key, principal: request.principal, close: () => done(now), ping: () => undefined };
    const timer = setTimeout(() => done(now), request.waitMs);
    const unsubscribe = services.hub.subscribe(request.key, { epoch: now.epoch, push: (state) => done(state) });
    if (!services.streams.add(waiting)) {
      clearTimeout(timer);
      unsubscribe();
      reject(new BelayError('overloaded', 'Too many are waiting; poll again later.', { retryable: true, retryAfterMs: 5_000 }));
      return;
    }
    void services.hub.refresh(request.key);
  });
}
