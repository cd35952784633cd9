/**
 * The canonical JSON of an object of scalars in one go, or undefined where {@link writeCanonical} has to look closer: nested values, keys that an
 * object orders by itself, numbers that JSON cannot say, lone surrogates. Most arguments are flat.
 */
export function flatJson(object: Readonly<Record<string, unknown>>): string | undefined {
  const keys = Object.keys(object);
  let isSorted = true;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (!isScalar(object[key]) || OWN_ORDER.test(key)) return undefined;
    if (index > 0 && (keys[index - 1] ?? '') > key) isSorted = false;
  }
  const text = JSON.stringify(isSorted ? object : sorted(object, keys));
  // JSON.stringify writes lone surrogates as escapes.
  return text.includes('\\ud') ? undefined : text;
}

/** Numbers come first in any object, and `__proto__` is set and not added. */
const OWN_ORDER: RegExp = /^\d|^__proto__$/;

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value));

function sorted(object: Readonly<Record<string, unknown>>, keys: string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of keys.sort()) copy[key] = object[key];
  return copy;
}
