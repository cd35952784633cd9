import type { Json } from '@belay/protocol';
import { fingerprint } from '../stats/fingerprint.ts';
import { type Member, memberKey } from './member.ts';

const TOLD_MAX = 512;

/** Which members were answered for which cause since holds were last lifted; the oldest beyond 512 are forgotten. */
export class ToldMembers {
  #told = new Set<number>();
  /** When the decision that was answered last had been received; platform's clock. */
  lastUs = Number.MIN_SAFE_INTEGER;

  has(cause: string, member: Pick<Member, 'agentId' | 'sessionId'>): boolean {
    return this.#told.has(keyOf(cause, member));
  }

  add(cause: string, member: Pick<Member, 'agentId' | 'sessionId'>, receivedUs: number): void {
    this.lastUs = Math.max(this.lastUs, receivedUs);
    this.#told.add(keyOf(cause, member));
    const oldest = this.#told.values().next().value;
    if (this.#told.size > TOLD_MAX && oldest !== undefined) this.#told.delete(oldest);
  }

  forget(): void {
    this.#told.clear();
  }

  snapshot(): Json {
    return [this.lastUs, [...this.#told]];
  }

  restore(state: Json): void {
    const [lastUs, told] = state as [number, number[]];
    this.lastUs = lastUs;
    this.#told = new Set(told);
  }
}

const keyOf = (cause: string, member: Pick<Member, 'agentId' | 'sessionId'>): number => fingerprint(`${cause} ${memberKey(member)}`);
