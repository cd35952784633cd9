import type { SignedState } from '@belay/protocol';
import { expect, it } from 'vitest';
import { judgeState } from './judge-state.ts';

const state = (epoch: number, nonce?: string): SignedState => ({
  iss: 'belay-control',
  aud: 'a',
  jti: 'j',
  iat: 0,
  epoch,
  holds: [],
  ...(nonce === undefined ? {} : { nonce }),
});

it.each([
  ['the first state with our nonce', -1, state(0, 'n'), false, 'apply'],
  ['the first state without a nonce', -1, state(0), false, 'wrong_nonce'],
  ['a recorded state', 3, state(9, 'other'), false, 'wrong_nonce'],
  ['a later push without a nonce', 3, state(4), true, 'apply'],
  ['a later push with a foreign nonce', 3, state(4, 'other'), true, 'wrong_nonce'],
  ['the same epoch again', 4, state(4), true, 'same'],
  ['an older epoch', 4, state(3), true, 'older'],
  ['a jump over missed epochs', 4, state(40), true, 'apply'],
] as const)('judges %s', (_what, current, given, proven, judgement) => {
  expect(judgeState(current, given, { nonce: 'n', proven })).toBe(judgement);
});
