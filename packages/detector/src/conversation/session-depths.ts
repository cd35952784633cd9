import type { ConversationStep, Json } from '@belay/protocol';

const SESSIONS_MAX = 256;
const PENDING_MAX = 64;

/**
 * How deep each session of a tree is. A decision does not name the session it was handed over from: a session seen for the first time belongs to
 * the newest hand-over to its agent that no session has taken up.
 */
export class SessionDepths {
  #depths = new Map<string, number>();
  #pending: (readonly [to: string, depth: number])[] = [];

  /** A session acts. */
  enter({ sessionId, rootSessionId, agentId }: ConversationStep): void {
    if (sessionId === undefined || this.#depths.has(sessionId)) return;
    const at = sessionId === rootSessionId ? -1 : this.#pending.findLastIndex(([to]) => to === agentId);
    const [taken] = at < 0 ? [] : this.#pending.splice(at, 1);
    this.#depths.set(sessionId, taken?.[1] ?? (sessionId === rootSessionId ? 0 : 1));
    const oldest = this.#depths.keys().next().value;
    if (this.#depths.size > SESSIONS_MAX && oldest !== undefined) this.#depths.delete(oldest);
  }

  /** A session hands work to another agent. */
  hand(step: ConversationStep, to: string): void {
    this.#pending = [...this.#pending, [to, this.of(step) + 1] as const].slice(-PENDING_MAX);
  }

  of({ sessionId }: ConversationStep): number {
    return this.#depths.get(sessionId ?? '') ?? 0;
  }

  snapshot(): Json {
    return [[...this.#depths].map(([session, depth]) => [session, depth]), this.#pending.map(([to, depth]) => [to, depth])];
  }

  restore(state: Json): void {
    const [depths, pending] = state as [[string, number][], [string, number][]];
    this.#depths = new Map(depths);
    this.#pending = pending;
  }
}
