import { hash } from 'node:crypto';
import { type AgentBinding, type Clock, isTenant, type TokenClaims, type TokenVerifier } from '@belay/protocol';
import type { Refusal } from './answer.ts';

/** Who calls, and for which agents they may speak. */
export interface Caller {
  readonly tenant: string;
  readonly binding: AgentBinding;
  /** `jti` of the token. */
  readonly tokenId: string;
}

type Authentication = { readonly caller: Caller } | { readonly refused: Refusal };

export interface Authenticator {
  /** @param authorization the request's Authorization header. */
  authenticate(authorization: string | undefined): Promise<Authentication>;
}

export interface AuthenticatorDeps {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  /** How long a verified token is believed, ms. */
  readonly cacheMs: number;
}

const CACHED_TOKENS_MAX = 10_000;
const BEARER = /^Bearer +([\w.~+/=-]{1,8192})$/i;

/** Checks bearer tokens; what was verified is remembered for `cacheMs` under the token's hash, never the token. */
export function createAuthenticator({ tokens, clock, cacheMs }: AuthenticatorDeps): Authenticator {
  const verified = new Map<string, { caller: Caller; untilUs: number }>();

  const remember = (key: string, caller: Caller, expiresUs: number): void => {
    const oldest = verified.size >= CACHED_TOKENS_MAX ? verified.keys().next().value : undefined;
    if (oldest !== undefined) verified.delete(oldest);
    verified.set(key, { caller, untilUs: Math.min(expiresUs, clock.nowUs() + cacheMs * 1000) });
  };

  return {
    async authenticate(authorization) {
      const token = BEARER.exec(authorization ?? '')?.[1];
      if (token === undefined) return { refused: unauthenticated('there is no bearer token') };
      const key = hash('sha256', token, 'base64');
      const known = verified.get(key);
      if (known !== undefined && known.untilUs > clock.nowUs()) return { caller: known.caller };
      verified.delete(key);
      const checked = await verify(tokens, token);
      if (!('claims' in checked)) return checked;
      const outcome = callerOf(checked.claims);
      if ('caller' in outcome) remember(key, outcome.caller, checked.claims.exp * 1e6);
      return outcome;
    },
  };
}

async function verify(tokens: TokenVerifier, token: string): Promise<{ claims: TokenClaims } | { refused: Refusal }> {
  try {
    const checked = await tokens.verify(token);
    return 'claims' in checked ? checked : { refused: unauthenticated(checked.refused) };
  } catch {
    const message = 'The keys that tokens are checked against cannot be had; send the same request again later.';
    return { refused: { status: 503, message, retryAfterMs: 1000 } };
  }
}

const unauthenticated = (why: string): Refusal => ({
  status: 401,
  message: `The token was not accepted (${why}); send "Authorization: Bearer <token>" with a token made by \`belay token\`.`,
  headers: { 'www-authenticate': 'Bearer realm="belay"' },
});

const forbidden = (why: string): Refusal => ({ status: 403, message: `This token may not send decisions: ${why}.` });

function callerOf({ kind, tenant, agents, agentNames, environments, jti }: TokenClaims): Authentication {
  if (kind === 'operator') return { refused: forbidden('it is an operator token; use an agent token') };
  if (!isTenant(tenant)) return { refused: forbidden('its tenant is not well-formed') };
  if (agents === undefined && kind === 'agent') return { refused: forbidden('it names no agents') };
  return { caller: { tenant, binding: { agents, agentNames, environments }, tokenId: jti } };
}
