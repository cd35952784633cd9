import type { SignedState } from '@belay/protocol';

/** What a channel to control knows of itself. */
export interface ChannelNonce {
  /** The nonce this client sent when it opened the channel. */
  readonly nonce: string;
  /** True once a state carried it: the channel is fresh, not a recording. */
  readonly proven: boolean;
}

export type StateJudgement = 'apply' | 'same' | 'older' | 'wrong_nonce';

/**
 * What to do with a verified state: the epoch decides, never a wall clock. The first state of a channel must repeat the client's nonce;
 * later ones may leave it out, but never carry another.
 */
export function judgeState(currentEpoch: number, state: SignedState, channel: ChannelNonce): StateJudgement {
  const fresh = state.nonce === channel.nonce || (channel.proven && state.nonce === undefined);
  if (!fresh) return 'wrong_nonce';
  if (state.epoch < currentEpoch) return 'older';
  return state.epoch === currentEpoch ? 'same' : 'apply';
}
