import { type BelayErrorCode, isBelayError } from '@belay/protocol';
import { z } from 'zod';

/** RFC 9457 problem document; `code` is stable, the rest is for people. */
export const problemSchema = z.object({
  type: z.string().describe('urn:belay:error:<code>'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string().describe('stable identifier, see docs/control.md'),
});
export type Problem = z.infer<typeof problemSchema>;

const STATUS: Readonly<Record<BelayErrorCode, number>> = {
  bad_request: 400,
  bad_configuration: 500,
  unauthenticated: 401,
  forbidden: 403,
  agent_not_allowed: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  overloaded: 503,
  timeout: 504,
  fenced: 409,
  corrupt: 500,
  internal: 500,
};

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
  504: 'Timed out',
};

export const problem = (code: BelayErrorCode, detail: string, status = STATUS[code]): Problem => ({
  type: `urn:belay:error:${code}`,
  title: TITLE[status] ?? 'Error',
  status,
  detail,
  code,
});

/** Errors of ours say what happened; of anything else the caller learns nothing but that it went wrong. */
export function problemOf(error: unknown): { problem: Problem; retryAfterMs: number | undefined } {
  if (isBelayError(error)) {
    const isOurs = error.code === 'internal' || error.code === 'corrupt';
    return { problem: problem(error.code, isOurs ? INTERNAL : error.message), retryAfterMs: error.retryAfterMs };
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) return { problem: problem('too_large', 'The body is larger than this call accepts.'), retryAfterMs: undefined };
  if (status >= 400 && status < 500)
    return { problem: problem('bad_request', 'The request is not well-formed.', status), retryAfterMs: undefined };
  return { problem: problem('internal', INTERNAL), retryAfterMs: undefined };
}

const INTERNAL = 'Something went wrong in control; its log has the details. Nothing was changed.';
