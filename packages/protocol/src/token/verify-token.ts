import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { type TokenClaims, tokenClaimsSchema } from '../control/token.ts';
import { TOKEN_TYPE } from './mint-token.ts';
import { SIGNATURE_ALGORITHM } from './signing-key.ts';

export type VerifiedToken = { readonly claims: TokenClaims } | { readonly refused: string };

export interface TokenVerifier {
  /** Never throws on a bad token: `refused` says why, and holds nothing of the token. Rejects only when the keys cannot be had. */
  verify(token: string): Promise<VerifiedToken>;
}

export interface TokenVerifierOptions {
  readonly jwks: JSONWebKeySet | (() => Promise<JSONWebKeySet>);
  readonly clock: Clock;
  /** Asked on each verification, after the signature. */
  readonly isRevoked?: (jti: string) => boolean | Promise<boolean>;
}

/** Verifies Belay tokens: EdDSA only, `typ` at+jwt, issuer `belay`, not expired, not revoked. */
export function createTokenVerifier({ jwks, clock, isRevoked }: TokenVerifierOptions): TokenVerifier {
  return {
    async verify(token) {
      const keys = createLocalJWKSet(typeof jwks === 'function' ? await jwks() : jwks);
      const checked = await check(token, keys, clock);
      if ('refused' in checked || isRevoked === undefined) return checked;
      return (await isRevoked(checked.claims.jti)) ? { refused: 'revoked' } : checked;
    },
  };
}

async function check(token: string, keys: ReturnType<typeof createLocalJWKSet>, clock: Clock): Promise<VerifiedToken> {
  try {
    const options = {
      algorithms: [SIGNATURE_ALGORITHM],
      typ: TOKEN_TYPE,
      issuer: 'belay',
      currentDate: new Date(clock.nowUs() / 1000),
      clockTolerance: 5,
    };
    const { payload } = await jwtVerify(token, keys, options);
    const claims = tokenClaimsSchema.safeParse(payload);
    return claims.success ? { claims: claims.data } : { refused: 'bad_claims' };
  } catch (error) {
    return { refused: error instanceof errors.JOSEError ? error.code : 'malformed' };
  }
}
