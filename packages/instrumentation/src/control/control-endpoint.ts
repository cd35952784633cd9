import { agentKey, thumbprintOfToken } from '@belay/protocol';
import { decodeJwt } from 'jose';

/** Where and as whom this agent talks to control. */
export interface ControlEndpoint {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** Agent key: the audience of every state for this agent. */
  readonly audience: string;
  /** The one key whose signature counts. */
  readonly thumbprint: string;
}

/**
 * Reads what the agent's own token says (unverified: it is ours, control verifies it). `unprotected` says why there is no control for
 * this agent.
 */
export function controlEndpoint(
  agentId: string,
  url: string,
  token: string | undefined,
): ControlEndpoint | { readonly unprotected: string } {
  if (token === undefined) return { unprotected: 'no token is set (BELAY_TOKEN)' };
  const thumbprint = thumbprintOfToken(token);
  if (thumbprint === undefined) return { unprotected: 'the token names no key to verify control by (cnf.jkt)' };
  try {
    const { tenant } = decodeJwt<{ tenant?: string }>(token);
    return { url: url.replace(/\/+$/, ''), token, audience: agentKey(tenant ?? '', agentId), thumbprint };
  } catch {
    return { unprotected: 'the token names no tenant' };
  }
}
