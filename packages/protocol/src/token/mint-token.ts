import { importJWK, type JWK, SignJWT } from 'jose';
import { type TokenClaims, tokenClaimsSchema } from '../control/token.ts';
import { SIGNATURE_ALGORITHM, thumbprintOf } from './signing-key.ts';

/** `typ` header of a Belay token (RFC 9068). */
export const TOKEN_TYPE = 'at+jwt';

/** Claims of a new token; `iss` and, for agents, `cnf.jkt` (thumbprint of the key that signs control states) are added. */
export type NewTokenClaims = Omit<TokenClaims, 'iss'> & { readonly iss?: 'belay' };

/**
 * Signs a token. `iat` and `exp` are seconds since the epoch.
 * @throws ZodError when the claims do not match {@link tokenClaimsSchema}.
 */
export async function mintToken(key: JWK, claims: NewTokenClaims): Promise<string> {
  const jkt = await thumbprintOf(key);
  const pinned = claims.kind === 'agent' && claims.cnf === undefined ? { cnf: { jkt } } : {};
  const payload = tokenClaimsSchema.parse({ ...claims, ...pinned, iss: 'belay' });
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, typ: TOKEN_TYPE, kid: jkt })
    .sign(await importJWK(key, SIGNATURE_ALGORITHM));
}
