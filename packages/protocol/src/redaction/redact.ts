import type { Json } from '../json.ts';
import { REDACTED, redactText } from './redact-text.ts';
import { isSecretKey } from './secret-keys.ts';

const MAX_DEPTH = 64;

/** A copy without credentials: values under keys such as `password`, and secrets inside text, are replaced by `[redacted]`. */
export const redact = (value: Json): Json => redacted(value, 0);

function redacted(value: Json, depth: number): Json {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return value.map((item: Json) => redacted(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isSecretKey(key) && isScalarSecret(item) ? REDACTED : redacted(item, depth + 1)]),
  );
}

/** null, booleans and empty texts under a secret key say nothing secret, and say something useful. */
const isScalarSecret = (value: Json): boolean => value !== null && typeof value !== 'boolean' && value !== '';
