import { type AgentKey, parseAgentKey } from '@belay/protocol';
import type { Logger } from '../logger.ts';
import type { AgentState, StateSigner } from './agent-state.ts';

/** One connected client of one agent. `push` MUST NOT throw. */
export interface Subscriber {
  /** Epoch of the newest state given to it; undefined until its first one, which it fetches itself because it carries its nonce. */
  epoch: number | undefined;
  push(state: AgentState, signed: string): void;
}

export interface StateHub {
  subscribe(key: AgentKey, subscriber: Subscriber): () => void;
  /** The agent's state may have changed: reads it once and gives it to every subscriber that has an older one. */
  refresh(key: string): Promise<void>;
  /** Changes may have been missed. */
  refreshAll(): Promise<void>;
  readonly size: number;
}

export interface StateHubDeps {
  readonly read: (tenant: string, agentId: string) => Promise<AgentState>;
  readonly signer: StateSigner;
  readonly logger: Logger;
}

interface Channel {
  readonly subscribers: Set<Subscriber>;
  refreshing: Promise<void> | undefined;
  isStale: boolean;
}

/** Fan-out of signed states: one read and one signature per change, however many runs of the agent are connected. */
export function createStateHub(deps: StateHubDeps): StateHub {
  const channels = new Map<string, Channel>();
  let size = 0;
  const refresh = async (key: string): Promise<void> => {
    const channel = channels.get(key);
    if (channel === undefined) return;
    channel.isStale = true;
    channel.refreshing ??= refreshChannel(deps, key, channel).finally(() => {
      channel.refreshing = undefined;
    });
    await channel.refreshing;
  };
  return {
    subscribe: (key, subscriber) => {
      const channel = channels.get(key) ?? { subscribers: new Set(), refreshing: undefined, isStale: false };
      channels.set(key, channel);
      channel.subscribers.add(subscriber);
      size += 1;
      return () => {
        if (!channel.subscribers.delete(subscriber)) return;
        size -= 1;
        if (channel.subscribers.size === 0) channels.delete(key);
      };
    },
    refresh,
    refreshAll: async () => {
      await Promise.all([...channels.keys()].map(refresh));
    },
    get size() {
      return size;
    },
  };
}

async function refreshChannel(deps: StateHubDeps, key: string, channel: Channel): Promise<void> {
  const agent = parseAgentKey(key);
  while (agent !== undefined && channel.isStale) {
    channel.isStale = false;
    try {
      const state = await deps.read(agent.tenant, agent.agentId);
      const behind = [...channel.subscribers].filter((subscriber) => subscriber.epoch !== undefined && subscriber.epoch < state.epoch);
      if (behind.length === 0) continue;
      const signed = await deps.signer.sign(key, state);
      for (const subscriber of behind) deliver(subscriber, state, signed);
    } catch (error) {
      deps.logger.error(
        { agent: key, error: String(error) },
        'A changed state could not be read for its streams; they get it at the next sweep or when they connect again.',
      );
      return;
    }
  }
}

function deliver(subscriber: Subscriber, state: AgentState, signed: string): void {
  if ((subscriber.epoch ?? 0) >= state.epoch) return;
  subscriber.epoch = state.epoch;
  subscriber.push(state, signed);
}
