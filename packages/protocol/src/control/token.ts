import { z } from 'zod';

export const OPERATOR_ROLES = ['viewer', 'approver', 'operator', 'admin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/**
 * Claims of a Belay token (JWT, EdDSA, `iss` belay, `typ` header `at+jwt`). An agent token can report and obey only.
 * `cnf.jkt` is the RFC 7638 thumbprint of the key that signs control states: pinning needs no second secret.
 */
export const tokenClaimsSchema = z.object({
  iss: z.literal('belay'),
  /** Who holds it: a label for people and the audit. */
  sub: z.string().min(1).max(256),
  jti: z.string().min(1).max(64),
  iat: z.number(),
  exp: z.number(),
  tenant: z.string(),
  kind: z.enum(['agent', 'operator', 'service']),
  /** Agent tokens: glob over agent ids, `*` allowed. */
  agents: z.string().max(256).optional(),
  /** Agent tokens: globs over the names and environments that its agents may say of themselves; absent = any. */
  agentNames: z.string().max(256).optional(),
  environments: z.string().max(256).optional(),
  /** Operator tokens. */
  role: z.enum(OPERATOR_ROLES).optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
});
export type TokenClaims = z.infer<typeof tokenClaimsSchema>;
