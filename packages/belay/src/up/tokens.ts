import { randomBytes } from 'node:crypto';
import { type AgentBinding, type Clock, mintToken, type OperatorRole, type TokenClaims, uuidv7 } from '@belay/protocol';
import { decodeJwt, type JWK } from 'jose';
import { type DataDir, readIfPresent, type TokenFile, writeSecret } from './data-dir.ts';

const DAY_S = 86_400;

/** A token to mint: for an agent (which ids, names and environments it may speak for) or for an operator (what role). */
export interface TokenRequest extends AgentBinding {
  readonly kind: 'agent' | 'operator' | 'service';
  /** Label for people and the audit. */
  readonly subject: string;
  readonly tenant: string;
  /** Operator tokens only. */
  readonly role?: OperatorRole;
  readonly lifetimeDays: number;
}

export interface MintedToken {
  readonly token: string;
  readonly claims: Omit<TokenClaims, 'iss'>;
}

/** Signs a token; the caller decides where it goes. It is a secret: never log it. */
export async function mint(key: JWK, request: TokenRequest, clock: Clock): Promise<MintedToken> {
  const iat = Math.floor(clock.nowUs() / 1e6);
  const claims: Omit<TokenClaims, 'iss'> = {
    sub: request.subject,
    jti: uuidv7(clock, randomBytes),
    iat,
    exp: iat + Math.round(request.lifetimeDays * DAY_S),
    tenant: request.tenant,
    kind: request.kind,
    ...bindingOf(request),
    ...(request.role === undefined ? {} : { role: request.role }),
  };
  return { token: await mintToken(key, claims), claims };
}

const bindingOf = ({ agents, agentNames, environments }: AgentBinding): AgentBinding => ({
  ...(agents === undefined ? {} : { agents }),
  ...(agentNames === undefined ? {} : { agentNames }),
  ...(environments === undefined ? {} : { environments }),
});

const OWN: Readonly<Record<TokenFile, Pick<TokenRequest, 'kind' | 'subject' | 'agents' | 'role'>>> = {
  operator: { kind: 'operator', subject: 'local operator', role: 'admin' },
  agent: { kind: 'agent', subject: 'agents of this folder', agents: '*' },
  canary: { kind: 'agent', subject: 'canary', agents: 'belay-canary*' },
};

/** The folder's own token of that name, minted anew when absent, soon to expire, of another tenant or of another key. */
export async function ownToken(dir: DataDir, name: TokenFile, key: JWK, options: { tenant: string; clock: Clock }): Promise<string> {
  const path = dir.token(name);
  const existing = (await readIfPresent(path))?.trim();
  if (existing !== undefined && isStillGood(existing, key, options)) return existing;
  const { token } = await mint(key, { ...OWN[name], tenant: options.tenant, lifetimeDays: 365 }, options.clock);
  await writeSecret(path, `${token}\n`);
  return token;
}

function isStillGood(token: string, key: JWK, { tenant, clock }: { tenant: string; clock: Clock }): boolean {
  try {
    const claims = decodeJwt(token);
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: string };
    return header.kid === key.kid && claims.tenant === tenant && (claims.exp ?? 0) - DAY_S > clock.nowUs() / 1e6;
  } catch {
    return false;
  }
}
