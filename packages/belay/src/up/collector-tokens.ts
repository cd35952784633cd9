import type { Database } from '@belay/control';
import { BelayError, type Clock, createTokenVerifier, publicJwks, type TokenVerifier } from '@belay/protocol';
import type { JSONWebKeySet, JWK } from 'jose';
import type { UpSettings } from './up-settings.ts';

const REFRESH_US = 60_000_000;
const REVOKED_US = 5_000_000;

/**
 * How this process checks agents' tokens: with its own key and control's list of revoked tokens when control is here, else with the keys
 * that control publishes at `jwksUrl`.
 */
export function createCollectorTokens(
  settings: UpSettings,
  deps: { key: JWK; clock: Clock; database: Database | undefined },
): TokenVerifier {
  const { clock, database } = deps;
  const jwks = settings.roles.has('control') || settings.jwksUrl === undefined ? publicJwks(deps.key) : cachedJwks(settings.jwksUrl, clock);
  const tokens = createTokenVerifier({ jwks, clock });
  return database === undefined ? tokens : refusingRevoked(tokens, database, clock);
}

/** Keys of the last good answer serve on while control is away. */
function cachedJwks(url: string, clock: Clock): () => Promise<JSONWebKeySet> {
  let known: { keys: JSONWebKeySet; atUs: number } | undefined;
  return async () => {
    if (known !== undefined && clock.monotonicUs() - known.atUs < REFRESH_US) return known.keys;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      known = { keys: (await response.json()) as JSONWebKeySet, atUs: clock.monotonicUs() };
    } catch (cause) {
      if (known === undefined)
        throw new BelayError('unavailable', `The keys of tokens cannot be had from ${url}. Is control running?`, {
          retryable: true,
          cause,
        });
      known = { ...known, atUs: clock.monotonicUs() };
    }
    return known.keys;
  };
}

/**
 * The list is short and read every few seconds, so a revocation reaches the collector without asking for each request. A token is named by
 * tenant and id, so that no tenant can revoke another's. While the database is away the last list serves on: telemetry does not wait for it.
 */
function refusingRevoked(tokens: TokenVerifier, database: Database, clock: Clock): TokenVerifier {
  let known: { revoked: ReadonlySet<string>; atUs: number } | undefined;
  const revoked = async (): Promise<ReadonlySet<string>> => {
    if (known !== undefined && clock.monotonicUs() - known.atUs <= REVOKED_US) return known.revoked;
    try {
      const rows = await database.db.selectFrom('revoked_tokens').select(['tenant', 'jti']).execute();
      known = { revoked: new Set(rows.map((row) => `${row.tenant}/${row.jti}`)), atUs: clock.monotonicUs() };
    } catch (cause) {
      if (known === undefined)
        throw new BelayError('unavailable', 'The list of revoked tokens cannot be read. Is the control database up?', {
          retryable: true,
          cause,
        });
      known = { ...known, atUs: clock.monotonicUs() };
    }
    return known.revoked;
  };
  return {
    verify: async (token) => {
      const verified = await tokens.verify(token);
      if ('refused' in verified) return verified;
      const { tenant, jti } = verified.claims;
      return (await revoked()).has(`${tenant}/${jti}`) ? { refused: 'revoked' } : verified;
    },
  };
}
