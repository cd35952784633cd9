import { agentKey, type DecisionEvent } from '@belay/protocol';

/** The agent key of decisions, made once for a row of one agent: checking and encoding an id costs as much as a small detector. */
export class LastAgentKey {
  #tenant: string | undefined;
  #id: string | undefined;
  #key = '';

  /** @throws BelayError `bad_request` when tenant or id cannot be part of a key. */
  of({ tenant, agent }: DecisionEvent): string {
    if (agent.id === this.#id && tenant === this.#tenant) return this.#key;
    this.#key = agentKey(tenant, agent.id);
    this.#tenant = tenant;
    this.#id = agent.id;
    return this.#key;
  }
}
