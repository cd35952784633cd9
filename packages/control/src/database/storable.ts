const NUL = '\u0000';
const REPLACEMENT = '\uFFFD';

/** PostgreSQL stores no NUL character and no lone surrogate, in text or in JSON: an agent must not be able to make a statement fail with one. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes(NUL);

/** True when every string in the value, keys included, can be stored. */
export function isStorableValue(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (Array.isArray(value)) return value.every(isStorableValue);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => isStorable(key) && isStorableValue(each));
}

/** The same value with what cannot be stored replaced by U+FFFD. Plain JSON values only. */
export function toStorable<T>(value: T): T {
  return mend(value) as T;
}

function mend(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll(NUL, REPLACEMENT);
  if (Array.isArray(value)) return value.map(mend);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [mend(key), mend(each)]));
}
