import { CompactSign, compactVerify, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { parseJson } from '../codec/parse-json.ts';
import { type SignedState, signedStateSchema } from '../control/hold.ts';
import { trustedKeys } from './endorsement.ts';
import { SIGNATURE_ALGORITHM, thumbprintOf } from './signing-key.ts';

/** `typ` header of a signed control state: a token can never pass for a state, nor a state for a token. */
const STATE_TYPE = 'belay-state+jws';
const STATE_MAX = 1_000_000;

/**
 * Signs the complete control state of one agent as a compact JWS.
 * @throws ZodError when the state does not match {@link signedStateSchema}.
 */
export async function signState(key: JWK, state: SignedState): Promise<string> {
  const header = { alg: SIGNATURE_ALGORITHM, typ: STATE_TYPE, kid: await thumbprintOf(key) };
  const payload = new TextEncoder().encode(JSON.stringify(signedStateSchema.parse(state)));
  return new CompactSign(payload).setProtectedHeader(header).sign(await importJWK(key, SIGNATURE_ALGORITHM));
}

/** Why a state is refused. Append-only. `no_keys`: the key set could not be had; try again. */
export type StateRefusal =
  | 'malformed'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'bad_state'
  | 'wrong_audience'
  | 'no_keys';

export type VerifiedState = { readonly state: SignedState } | { readonly refused: StateRefusal };

export interface StateVerifier {
  /** Never rejects: `refused` says why. */
  verify(jws: string): Promise<VerifiedState>;
}

export interface StateVerifierOptions {
  /** RFC 7638 thumbprint of the key that may sign states for this agent, or endorse the keys that may. */
  readonly thumbprint: string;
  /** Agent key (`agentKey`) the state must be for. */
  readonly audience: string;
  /** The keys, or where to get them: asked when a state is signed by a key that is not trusted yet. */
  readonly jwks: JSONWebKeySet | (() => Promise<JSONWebKeySet>);
}

/** Verifies control states: pinned key, right audience, right shape. Freshness is the epoch's business, never the clock's. */
export function createStateVerifier({ thumbprint, audience, jwks }: StateVerifierOptions): StateVerifier {
  let trusted: ReadonlyMap<string, JWK> = new Map();

  const keyFor = async (kid: string): Promise<JWK | undefined> => {
    if (!trusted.has(kid)) trusted = await trustedKeys(typeof jwks === 'function' ? await jwks() : jwks, thumbprint);
    return trusted.get(kid);
  };

  return {
    async verify(jws) {
      const kid = kidOf(jws);
      if (typeof kid !== 'string') return kid;
      try {
        const key = await keyFor(kid);
        return key === undefined ? { refused: 'unknown_key' } : await check(jws, key, audience);
      } catch {
        return { refused: 'no_keys' };
      }
    },
  };
}

/** The key id out of the header, when the header is one of ours; looked at before anything is fetched. */
function kidOf(jws: string): string | { readonly refused: StateRefusal } {
  if (jws.length > STATE_MAX) return { refused: 'malformed' };
  const header = parseJson(Buffer.from(jws.split('.', 1)[0] ?? '', 'base64url').toString('utf8')) as
    | Readonly<Record<string, unknown>>
    | null
    | undefined;
  if (typeof header !== 'object' || header === null) return { refused: 'malformed' };
  if (header.alg !== SIGNATURE_ALGORITHM) return { refused: 'wrong_algorithm' };
  if (header.typ !== STATE_TYPE) return { refused: 'wrong_type' };
  return typeof header.kid === 'string' ? header.kid : { refused: 'unknown_key' };
}

async function check(jws: string, key: JWK, audience: string): Promise<VerifiedState> {
  const payload = await payloadOf(jws, key);
  if (!(payload instanceof Uint8Array)) return payload;
  const state = signedStateSchema.safeParse(parseJson(new TextDecoder().decode(payload)));
  if (!state.success) return { refused: 'bad_state' };
  return state.data.aud === audience ? { state: state.data } : { refused: 'wrong_audience' };
}

async function payloadOf(jws: string, key: JWK): Promise<Uint8Array | { readonly refused: StateRefusal }> {
  try {
    const { payload } = await compactVerify(jws, await importJWK(key, SIGNATURE_ALGORITHM), { algorithms: [SIGNATURE_ALGORITHM] });
    return payload;
  } catch (error) {
    return { refused: error instanceof errors.JWSSignatureVerificationFailed ? 'bad_signature' : 'malformed' };
  }
}
