import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { type TokenClaims, tokenClaimsSchema } from '../control/token.ts';
import { createKeySource, type KeySource } from './key-source.ts';
import { TOKEN_TYPE } from './mint-token.ts';
import { SIGNATURE_ALGORITHM } from './signing-key.ts';

/** Why a token is refused. Append-only; holds nothing of the token. */
export type TokenRefusal =
  | 'malformed'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'bad_claims'
  | 'not_yet_valid'
  | 'expired'
  | 'revoked';

export type VerifiedToken = { readonly claims: TokenClaims } | { readonly refused: TokenRefusal };

export interface TokenVerifier {
  /** Resolves with the claims, or with why not. Rejects only when the keys or the list of revoked tokens cannot be had. */
  verify(token: string): Promise<VerifiedToken>;
}

export interface TokenVerifierOptions {
  /** The keys, or where to get them: asked again at most every 10 s when a token names a key that is not known. */
  readonly jwks: JSONWebKeySet | (() => Promise<JSONWebKeySet>);
  readonly clock: Clock;
  /** Asked at each verification, remembered tokens included. */
  readonly isRevoked?: (jti: string) => boolean | Promise<boolean>;
}

const TOLERANCE_S = 5;
const TOKEN_MAX = 8192;
const REMEMBERED_MAX = 1000;

/**
 * Verifies Belay tokens: EdDSA only, `typ` at+jwt, issuer `belay`, in their time, not revoked. A good signature is remembered (up to 1,000 tokens), since
 * a client sends the same token with each request; time and revocation are looked at every time.
 */
export function createTokenVerifier({ jwks, clock, isRevoked }: TokenVerifierOptions): TokenVerifier {
  const keys = createKeySource(jwks, clock);
  const remembered = new Map<string, TokenClaims>();
  keys.onChange(() => remembered.clear());

  return {
    async verify(token) {
      if (token.length > TOKEN_MAX) return { refused: 'malformed' };
      const known = remembered.get(token);
      const checked = known === undefined ? await checkSignature(token, keys) : { claims: known };
      if ('refused' in checked) return checked;
      if (known === undefined) remember(remembered, token, checked.claims);
      const late = outOfTime(checked.claims, clock);
      if (late !== undefined) return { refused: late };
      return isRevoked !== undefined && (await isRevoked(checked.claims.jti)) ? { refused: 'revoked' } : checked;
    },
  };
}

function remember(remembered: Map<string, TokenClaims>, token: string, claims: TokenClaims): void {
  const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(token, claims);
}

function outOfTime({ iat, exp }: TokenClaims, clock: Clock): TokenRefusal | undefined {
  const nowS = clock.nowUs() / 1_000_000;
  if (exp + TOLERANCE_S <= nowS) return 'expired';
  return iat - TOLERANCE_S > nowS ? 'not_yet_valid' : undefined;
}

async function checkSignature(token: string, keys: KeySource): Promise<VerifiedToken> {
  const first = await attempt(token, await keys.current());
  if (!('refused' in first) || first.refused !== 'unknown_key') return first;
  const fresh = await keys.refreshed();
  return fresh === undefined ? first : attempt(token, fresh);
}

async function attempt(token: string, keys: JSONWebKeySet): Promise<VerifiedToken> {
  try {
    // The time is judged by our clock, afterwards; here it only has to be a number.
    const options = { algorithms: [SIGNATURE_ALGORITHM], typ: TOKEN_TYPE, issuer: 'belay', currentDate: new Date(0) };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), options);
    const claims = tokenClaimsSchema.safeParse(payload);
    return claims.success ? { claims: claims.data } : { refused: 'bad_claims' };
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'wrong_algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown_key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'typ' ? 'wrong_type' : error.claim === 'nbf' ? 'not_yet_valid' : 'bad_claims';
  return 'malformed';
}
