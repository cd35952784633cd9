/**
 * The JSON text of a host's value: of the value as it is, else through JSON.stringify (dates and the like become text, lone surrogates
 * U+FFFD). Undefined for what has none: cycles, bigints, functions, getters that throw.
 */
export function jsonOf(value: unknown, canonical: (value: unknown) => string): string | undefined {
  if (value === undefined) return '{}';
  return attempt(() => canonical(value)) ?? attempt(() => canonical(roundTrip(value)));
}

function roundTrip(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? item.toWellFormed() : item));
  return text === undefined ? undefined : JSON.parse(text);
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
