import type { ErrorClass } from '../event/vocabulary.ts';

export interface ErrorFacts {
  /** Name or code of the error: `ETIMEDOUT`, `PermissionError`, `429`. */
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  /** HTTP status, where there was one. */
  readonly statusCode?: number | undefined;
}

const TRANSIENT: RegExp =
  /\b(?:429|50[0234]|52[0-9])\b|rate.?limit|too many requests|throttl|timed?[ _-]?out|timeout|temporar(?:y|ily)|unavailable|overloaded|try again later|connection (?:reset|refused|aborted|closed)|econn(?:reset|refused|aborted)|etimedout|eai_again|enotfound|epipe|ehostunreach|enetunreach|socket hang up|network (?:error|is unreachable)|fetch failed|bad gateway|internal server error/;
const PERMISSION: RegExp =
  /\b(?:401|403)\b|permission|forbidden|not allowed|unauthori[sz]ed|unauthenticated|access.?denied|eacces|eperm|not permitted|insufficient (?:scope|privilege|rights)|invalid (?:api.?key|token|credential)/;
const VALIDATION: RegExp =
  /\b(?:400|404|409|410|422)\b|validation|invalid|not (?:a )?valid|malformed|missing|required|must (?:be|have)|should (?:be|provide|have)|typeerror|valueerror|keyerror|syntaxerror|syntax error|parse error|schema|bad request|unexpected (?:token|argument|keyword)|unknown (?:tool|argument|parameter|field)|no such tool|enoent|not found/;

/**
 * Class of a failure, first rule that matches: the HTTP status, then type and message. `transient` (network, 429, 5xx, time-out) is a reason
 * to try again and no loop; what fits nothing is `tool`. Reads at most 2,000 characters of the message.
 */
export function classifyError({ type, message, statusCode }: ErrorFacts): ErrorClass {
  const byStatus = statusCode === undefined ? undefined : classOfStatus(statusCode);
  if (byStatus !== undefined) return byStatus;
  const text = `${type?.slice(0, 256) ?? ''} ${message?.slice(0, 2000) ?? ''}`.toLowerCase();
  if (TRANSIENT.test(text)) return 'transient';
  if (PERMISSION.test(text)) return 'permission';
  return VALIDATION.test(text) ? 'validation' : 'tool';
}

function classOfStatus(status: number): ErrorClass | undefined {
  if (status === 408 || status === 425 || status === 429) return 'transient';
  if (status === 501 || status === 505) return 'tool';
  if (status >= 500 && status < 600) return 'transient';
  if (status === 401 || status === 403 || status === 407 || status === 451) return 'permission';
  return status >= 400 && status < 500 ? 'validation' : undefined;
}
