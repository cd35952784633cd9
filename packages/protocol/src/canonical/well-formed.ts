/** A lone surrogate in JSON.stringify's output, or any other escape (so that an escaped backslash is not misread). */
const ESCAPES: RegExp = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/** The value with each lone surrogate in strings and keys replaced by U+FFFD; the same object when there is none, or when it is no JSON. */
export function wellFormed(value: unknown): unknown {
  const text = stringify(value);
  if (text === undefined || !text.includes('\\ud')) return value;
  const mended = text.replace(ESCAPES, (whole: string, surrogate: string | undefined) => (surrogate === undefined ? whole : '\ufffd'));
  return mended === text ? value : JSON.parse(mended);
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
