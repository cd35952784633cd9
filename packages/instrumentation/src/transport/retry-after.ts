/** The longest wait that a server may ask for, ms: a hostile or broken one must not silence the recorder for a day. */
export const RETRY_AFTER_MAX_MS = 60_000;

/** `Retry-After` (RFC 9110 §10.2.3: seconds or an HTTP date) in ms, bounded; undefined when absent or unreadable. */
export function retryAfterMs(header: string | string[] | undefined, nowUs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined;
  const waitMs = seconds === undefined ? Date.parse(header) - nowUs / 1000 : seconds * 1000;
  return Number.isNaN(waitMs) ? undefined : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, waitMs));
}
