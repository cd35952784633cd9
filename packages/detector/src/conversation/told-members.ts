import { type DetectorMode, type Json, vocabulary } from '@belay/protocol';
import { fingerprint } from '../stats/fingerprint.ts';
import { type Member, memberKey } from './member.ts';

type Named = Pick<Member, 'agentId' | 'sessionId'>;

const TOLD_MAX = 512;
const MODES: readonly DetectorMode[] = vocabulary.DETECTOR_MODES;

/** Which members were answered for which cause, and in which mode, since holds were last lifted; the oldest beyond 512 are forgotten. */
export class ToldMembers {
  #told = new Set<number>();
  /** When the decision that was answered last had been received; platform's clock. */
  lastUs = Number.MIN_SAFE_INTEGER;

  /** In this mode or a higher one: who was told only in a lower one has not had the answer of this one. */
  has(cause: string, member: Named, mode: DetectorMode): boolean {
    return MODES.slice(MODES.indexOf(mode)).some((told) => this.#told.has(keyOf(cause, member, told)));
  }

  add(cause: string, member: Named, { mode, receivedUs }: { readonly mode: DetectorMode; readonly receivedUs: number }): void {
    this.lastUs = Math.max(this.lastUs, receivedUs);
    this.#told.add(keyOf(cause, member, mode));
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

/** One of an earlier version says no mode: nothing is then known to be higher. */
const keyOf = (cause: string, member: Named, mode: DetectorMode): number =>
  fingerprint(`${mode === 'enforce' ? '' : `${mode} `}${cause} ${memberKey(member)}`);
