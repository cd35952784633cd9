import { type TokenClaims, tokenClaimsSchema } from '@belay/protocol';
import { decodeJwt } from 'jose';

/** What a token says of itself, NOT verified: for who holds it, never for who receives it. */
export function claimsOf(token: string): TokenClaims | undefined {
  try {
    return tokenClaimsSchema.safeParse(decodeJwt(token.trim())).data;
  } catch {
    return undefined;
  }
}

/** The id of a token's text; undefined when it is no token. */
export const jtiOf = (token: string): string | undefined => claimsOf(token)?.jti;
