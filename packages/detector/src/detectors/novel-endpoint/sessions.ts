import { BelayError, type Json } from '@belay/protocol';
import { createSessionMemory, memoryToState, type SessionMemory, stateToMemory } from './session-memory.ts';

/** The sessions of an agent that are open, bounded: idle ones close, and the least recently used beyond `most`. */
export class Sessions {
  readonly #most: number;
  readonly #idleUs: number;
  /** Least recently used first. */
  #open = new Map<string, SessionMemory>();
  #begun = 0;

  constructor({ most, idleUs }: { readonly most: number; readonly idleUs: number }) {
    this.#most = most;
    this.#idleUs = idleUs;
  }

  /** Sessions begun so far. */
  get count(): number {
    return this.#begun;
  }

  /** The memory of a session, made when it is not open. */
  of(name: string, atUs: number): SessionMemory {
    let memory = this.#open.get(name);
    if (memory === undefined || atUs - memory.lastUs > this.#idleUs) {
      memory = createSessionMemory();
      this.#begun++;
      this.#closeIdle(atUs);
    }
    memory.lastUs = atUs;
    this.#open.delete(name);
    this.#open.set(name, memory);
    if (this.#open.size > this.#most) this.#open.delete(this.#open.keys().next().value as string);
    return memory;
  }

  end(name: string): void {
    this.#open.delete(name);
  }

  snapshot(): Json {
    return [this.#begun, [...this.#open].map(([name, memory]) => [name, memoryToState(memory)])];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    const [begun, open] = Array.isArray(state) ? state : [];
    if (typeof begun !== 'number' || !Array.isArray(open))
      throw new BelayError('corrupt', 'The sessions of an agent are no list in their snapshot.');
    this.#begun = begun;
    this.#open = new Map(
      open.map((row): [string, SessionMemory] =>
        Array.isArray(row) ? [String(row[0]), stateToMemory(row[1] ?? null)] : ['', createSessionMemory()],
      ),
    );
  }

  #closeIdle(atUs: number): void {
    for (const [name, memory] of this.#open) {
      if (atUs - memory.lastUs <= this.#idleUs) return;
      this.#open.delete(name);
    }
  }
}
