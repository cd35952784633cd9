import {
  type AgentBinding,
  BelayError,
  type BindingBreach,
  bindingBreach,
  isTenant,
  type OperatorRole,
  type SaidOfAgent,
  type TokenClaims,
  type TokenVerifier,
} from '@belay/protocol';

interface AgentPrincipal {
  readonly kind: 'agent';
  readonly tenant: string;
  readonly sub: string;
  readonly jti: string;
  readonly expUs: number;
  readonly binding: AgentBinding;
}

interface OperatorPrincipal {
  readonly kind: 'operator';
  readonly tenant: string;
  readonly sub: string;
  readonly jti: string;
  readonly expUs: number;
  readonly role: OperatorRole;
}

export type Principal = AgentPrincipal | OperatorPrincipal;

export interface Authenticator {
  /**
   * Who calls.
   * @throws BelayError `unauthenticated` without a valid token, `forbidden` with a token of another plane.
   */
  authenticate(authorization: string | undefined, plane: 'agent' | 'operator'): Promise<Principal>;
}

/** Checks bearer tokens; a token of one plane opens no call of the other. */
export function createAuthenticator(deps: { tokens: TokenVerifier; isRevoked: (tenant: string, jti: string) => boolean }): Authenticator {
  return {
    authenticate: async (authorization, plane) => {
      const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined)
        throw new BelayError(
          'unauthenticated',
          `This call needs an ${plane} token: "Authorization: Bearer <token>". Make one with "belay token".`,
        );
      const verified = await deps.tokens.verify(token);
      if ('refused' in verified) throw new BelayError('unauthenticated', `The token is not accepted: ${verified.refused}.`);
      const { claims } = verified;
      if (!isTenant(claims.tenant) || deps.isRevoked(claims.tenant, claims.jti))
        throw new BelayError('unauthenticated', 'The token is not accepted: revoked, or without a tenant.');
      const principal = principalOf(claims);
      if (principal?.kind !== plane)
        throw new BelayError('forbidden', `This call is for ${plane} tokens; the token is one for ${claims.kind}s.`);
      return principal;
    },
  };
}

function principalOf(claims: TokenClaims): Principal | undefined {
  const base = { tenant: claims.tenant, sub: claims.sub, jti: claims.jti, expUs: claims.exp * 1_000_000 };
  const { kind, agents, agentNames, environments } = claims;
  if (kind === 'agent' && agents !== undefined) return { kind, ...base, binding: { agents, agentNames, environments } };
  if (claims.kind === 'operator' && claims.role !== undefined) return { kind: 'operator', ...base, role: claims.role };
  return undefined;
}

/** @throws BelayError `agent_not_allowed` when the token does not cover the agent id. */
export function requireAgent(principal: Principal, agentId: string): void {
  refuseBreach(principal, ({ agents }) => ({ agents }), { id: agentId });
}

/** @throws BelayError `agent_not_allowed` when the token does not cover what the agent says of itself. */
export function requireNamedAgent(principal: Principal, said: SaidOfAgent): void {
  refuseBreach(principal, (binding) => binding, said);
}

function refuseBreach(principal: Principal, asked: (binding: AgentBinding) => AgentBinding, said: SaidOfAgent): void {
  const breach = principal.kind === 'agent' ? bindingBreach(asked(principal.binding), said) : 'agent_not_allowed';
  if (breach !== undefined) throw new BelayError('agent_not_allowed', `The token does not cover ${BREACHES[breach](said)}.`);
}

const quoted = (what: string, text: string | undefined): string =>
  text === undefined ? `an agent that says no ${what}` : `the ${what} ${JSON.stringify(text.slice(0, 80))}`;

const BREACHES: Readonly<Record<BindingBreach, (said: SaidOfAgent) => string>> = {
  agent_not_allowed: ({ id }) => quoted('agent id', id),
  name_not_allowed: ({ name }) => quoted('agent name', name),
  environment_not_allowed: ({ environment }) => quoted('environment', environment),
};
