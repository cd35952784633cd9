import type { Json } from '@belay/protocol';

/** Sessions of one agent that are remembered; the oldest beyond it are taken for ordinary again. */
const SESSIONS_MAX = 64;

/** Sessions of one agent that have handed work over: from then on all they do belongs to their tree. */
export class HandingSessions {
  #sessions: Set<string> | undefined;

  has(sessionId: string): boolean {
    return this.#sessions?.has(sessionId) ?? false;
  }

  add(sessionId: string): void {
    this.#sessions ??= new Set();
    this.#sessions.add(sessionId);
    const oldest = this.#sessions.values().next().value;
    if (this.#sessions.size > SESSIONS_MAX && oldest !== undefined) this.#sessions.delete(oldest);
  }

  snapshot(): Json {
    return [...(this.#sessions ?? [])];
  }

  restore(state: Json | undefined): void {
    this.#sessions = Array.isArray(state) && state.length > 0 ? new Set(state.map(String)) : undefined;
  }
}
