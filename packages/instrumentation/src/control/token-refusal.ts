import type { HttpReply } from '../transport/http-request.ts';

/** Control answered, and does not accept this agent's token: no outage, and waiting does not help. */
export interface TokenRefusal {
  readonly status: 401 | 403;
  /** What control says is wrong, at most 200 characters; empty when it says nothing readable. */
  readonly detail: string;
}

/** The refusal in an answer of control; undefined when it is none. */
export function tokenRefusalIn({ status, body }: Pick<HttpReply, 'status' | 'body'>): TokenRefusal | undefined {
  return status === 401 || status === 403 ? { status, detail: detailIn(body) } : undefined;
}

/** For `unprotectedReason`. */
export const refusalReason = ({ status }: TokenRefusal): string =>
  `control refuses its token (${status}: ${status === 401 ? 'expired, revoked or not one of this platform' : 'not for this agent'})`;

/** Said once, for the person who set the token. */
export const refusalWarning = (agentId: string, url: string, refusal: TokenRefusal): string =>
  `${agentId} runs unprotected: control at ${url} answered ${refusal.status} to its token${saidIn(refusal)}. Nothing can stop it. ` +
  `Make a token that covers ${agentId} ("belay token agent"), set BELAY_TOKEN and start the agent again.`;

/** Said once: the token opens the agent's state, but covers another name or environment than the agent says (docs/control.md). */
export const labelsWarning = (agentId: string, url: string, refusal: TokenRefusal): string =>
  `${agentId} is on no record: control at ${url} answered ${refusal.status} to its heartbeats${saidIn(refusal)}. It can still be stopped. ` +
  'Give it the name and environment that its token is bound to, or a token that covers them ("belay token agent"), and start it again.';

const saidIn = ({ detail }: TokenRefusal): string => (detail === '' ? '' : ` and says: ${detail.replace(/[.\s]+$/, '')}`);

/** Of a problem document (RFC 9457): what a server says is shown, so it is cut, and on one line. */
function detailIn(body: Buffer): string {
  try {
    const problem: unknown = JSON.parse(body.toString('utf8'));
    if (typeof problem !== 'object' || problem === null || !('detail' in problem) || typeof problem.detail !== 'string') return '';
    return problem.detail.replace(/\p{C}/gu, ' ').slice(0, 200).trim();
  } catch {
    return '';
  }
}
