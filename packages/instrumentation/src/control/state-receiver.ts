import type { SignedState, StateVerifier } from '@belay/protocol';
import { judgeState } from '../gate/judge-state.ts';
import type { KeyCache } from './key-cache.ts';

/** What came of one signed state. */
export type Received =
  | { readonly kind: 'apply'; readonly state: SignedState }
  | { readonly kind: 'same'; readonly state: SignedState }
  | { readonly kind: 'older'; readonly state: SignedState; readonly currentEpoch: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** One channel to control: a stream connection, or one poll. */
export interface Channel {
  readonly nonce: string;
  proven: boolean;
}

/** Verifies and judges states, one after the other, so that two cannot overtake each other. */
export class StateReceiver {
  readonly #verifier: StateVerifier;
  readonly #keys: KeyCache;
  #epoch = -1;
  #last: Promise<unknown> = Promise.resolve();

  constructor(verifier: StateVerifier, keys: KeyCache) {
    this.#verifier = verifier;
    this.#keys = keys;
  }

  /** Epoch of the state in force; -1 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes the text of a signed state from a channel. Never rejects. `onJudged` runs before the next state is looked at. */
  receive(text: string, channel: Channel, onJudged: (received: Received) => void): Promise<void> {
    const turn = this.#last.then(async () => onJudged(await this.#judge(text, channel)));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #judge(text: string, channel: Channel): Promise<Received> {
    const jws = stateIn(text);
    if (jws === undefined) return { kind: 'refused', reason: 'malformed' };
    let verified = await this.#verifier.verify(jws);
    if ('refused' in verified && this.#keys.expire()) verified = await this.#verifier.verify(jws);
    if ('refused' in verified) return { kind: 'refused', reason: verified.refused };
    const { state } = verified;
    const judgement = judgeState(this.#epoch, state, channel);
    if (judgement === 'wrong_nonce') return { kind: 'refused', reason: 'wrong_nonce' };
    channel.proven = true;
    if (judgement === 'older') return { kind: 'older', state, currentEpoch: this.#epoch };
    this.#epoch = state.epoch;
    return { kind: judgement, state };
  }
}

/** The compact JWS in `{"state":"…"}`. */
function stateIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'state' in body && typeof body.state === 'string' ? body.state : undefined;
  } catch {
    return undefined;
  }
}
