/** A value as JSON: its text, and a value that has that text. */
export interface JsonForm {
  readonly text: string;
  readonly value: unknown;
}

/**
 * The JSON form of a host's value: as it is, else through JSON.stringify (dates and the like become text, lone surrogates U+FFFD). Undefined
 * for what has none: cycles, bigints, functions.
 */
export function jsonOf(value: unknown, canonical: (value: unknown) => string): JsonForm | undefined {
  if (value === undefined) return { text: '{}', value: {} };
  return attempt(() => ({ text: canonical(value), value })) ?? attempt(() => roundTrip(value, canonical));
}

function roundTrip(value: unknown, canonical: (value: unknown) => string): JsonForm | undefined {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? item.toWellFormed() : item));
  if (text === undefined) return undefined;
  const plain: unknown = JSON.parse(text);
  return { text: canonical(plain), value: plain };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
