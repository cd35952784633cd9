import type { ConversationStep, Json } from '@belay/protocol';
import { fingerprint } from '../stats/fingerprint.ts';

const SESSIONS_MAX = 256;
const PENDING_MAX = 64;

/**
 * How deep each session of a tree is. A decision does not name the session it was handed over from: a session seen for the first time belongs to
 * the newest hand-over to its agent (by id or by name) that no session has taken up.
 */
export class SessionDepths {
  /** By session, least recently active first. */
  #depths = new Map<number, number>();
  #pending: (readonly [to: number, depth: number])[] = [];

  /** A session acts. */
  enter({ sessionId, rootSessionId, agentId, agentName }: ConversationStep): void {
    if (sessionId === undefined) return;
    const key = fingerprint(sessionId);
    const isRoot = sessionId === rootSessionId;
    const depth = this.#depths.get(key) ?? (isRoot ? 0 : this.#takeUp(fingerprint(agentId), fingerprint(agentName ?? agentId)));
    this.#depths.delete(key);
    this.#depths.set(key, depth);
    const oldest = this.#depths.keys().next().value;
    if (this.#depths.size > SESSIONS_MAX && oldest !== undefined) this.#depths.delete(oldest);
  }

  /** A session hands work to another agent. */
  hand(step: ConversationStep, to: string): void {
    this.#pending = [...this.#pending, [fingerprint(to), this.of(step) + 1] as const].slice(-PENDING_MAX);
  }

  of({ sessionId }: ConversationStep): number {
    return this.#depths.get(fingerprint(sessionId ?? '')) ?? 0;
  }

  #takeUp(id: number, name: number): number {
    const at = this.#pending.findLastIndex(([to]) => to === id || to === name);
    const [taken] = at < 0 ? [] : this.#pending.splice(at, 1);
    return taken?.[1] ?? 1;
  }

  snapshot(): Json {
    return [[...this.#depths].map(([session, depth]) => [session, depth]), this.#pending.map(([to, depth]) => [to, depth])];
  }

  restore(state: Json): void {
    const [depths, pending] = state as [[number, number][], [number, number][]];
    this.#depths = new Map(depths);
    this.#pending = pending;
  }
}
