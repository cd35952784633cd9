import { CompactSign, compactVerify, createLocalJWKSet, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { type SignedState, signedStateSchema } from '../control/hold.ts';
import { SIGNATURE_ALGORITHM, thumbprintOf } from './signing-key.ts';

/** `typ` header of a signed control state: a token can never pass for a state, nor a state for a token. */
export const STATE_TYPE = 'belay-state+jws';

/** Signs the complete control state of one agent as a compact JWS. */
export async function signState(key: JWK, state: SignedState): Promise<string> {
  const header = { alg: SIGNATURE_ALGORITHM, typ: STATE_TYPE, kid: await thumbprintOf(key) };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(state)))
    .setProtectedHeader(header)
    .sign(await importJWK(key, SIGNATURE_ALGORITHM));
}

export type VerifiedState = { readonly state: SignedState } | { readonly refused: string };

export interface StateVerifier {
  /** Never throws on a bad state: `refused` says why. */
  verify(jws: string): Promise<VerifiedState>;
}

export interface StateVerifierOptions {
  /** RFC 7638 thumbprint of the key that may sign states for this agent. */
  readonly thumbprint: string;
  /** Agent key (`agentKey`) the state must be for. */
  readonly audience: string;
  readonly jwks: JSONWebKeySet | (() => Promise<JSONWebKeySet>);
}

/** Verifies control states: pinned key, right audience, right shape. Freshness is the epoch's business, never the clock's. */
export function createStateVerifier({ thumbprint, audience, jwks }: StateVerifierOptions): StateVerifier {
  return {
    async verify(jws) {
      try {
        const keys = typeof jwks === 'function' ? await jwks() : jwks;
        const pinned: JWK[] = [];
        for (const key of keys.keys) if ((await thumbprintOf(key)) === thumbprint) pinned.push(key);
        if (pinned.length === 0) return { refused: 'unknown_key' };
        const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet({ keys: pinned }), {
          algorithms: [SIGNATURE_ALGORITHM],
        });
        if (protectedHeader.typ !== STATE_TYPE) return { refused: 'wrong_type' };
        const state = signedStateSchema.safeParse(JSON.parse(new TextDecoder().decode(payload)));
        if (!state.success) return { refused: 'bad_state' };
        return state.data.aud === audience ? { state: state.data } : { refused: 'wrong_audience' };
      } catch (error) {
        return { refused: error instanceof errors.JOSEError ? error.code : 'malformed' };
      }
    },
  };
}
