const MAX_DEPTH = 16;

/**
 * Path of the first key that a schema silently dropped: a model that invents an argument must be told, not half obeyed. Undefined when
 * nothing was dropped, or when the schema made something of another shape.
 */
export function extraKey(given: unknown, parsed: unknown, depth = 0): string | undefined {
  if (given === parsed || depth > MAX_DEPTH || !isContainer(given) || !isContainer(parsed)) return undefined;
  if (Array.isArray(given) !== Array.isArray(parsed)) return undefined;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(parsed, key)) return key;
    const inner = extraKey(given[key], parsed[key], depth + 1);
    if (inner !== undefined) return `${key}.${inner}`;
  }
  return undefined;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
