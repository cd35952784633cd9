import type { Json } from '@belay/protocol';

type Value = Json | undefined;

/** At most `max` UTF-16 units, never ending in half a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** Text of a scalar, cut to `max`; undefined when empty or when it is a list or a map. */
export function readText(value: Value, max: number): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value, max);
  return typeof value === 'number' || typeof value === 'boolean' ? cut(String(value), max) : undefined;
}

/** A safe integer, also from decimal text; undefined for anything else. */
export function readInteger(value: Value): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number + 0 : undefined;
}

/** A safe integer ≥ 0. */
export function readCount(value: Value): number | undefined {
  const integer = readInteger(value);
  return integer !== undefined && integer >= 0 ? integer : undefined;
}

/** A finite number in `min`…`max`. */
export function readNumber(value: Value, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max && Number.isFinite(value) ? value : undefined;
}

export const readBoolean = (value: Value): boolean | undefined =>
  typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;

/** At most `items` texts, each cut to `max`; a single text counts as a list of one. Undefined when there is none at all. */
export function readTexts(value: Value, items: number, max: number): string[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [cut(value, max)];
  if (!Array.isArray(value)) return undefined;
  const texts: string[] = [];
  for (const item of value as readonly Json[]) {
    if (typeof item === 'string' && item !== '' && texts.length < items) texts.push(cut(item, max));
  }
  return texts;
}

/** The value when it is one of the words. */
export function readWord<Word extends string>(value: Value, words: readonly Word[]): Word | undefined {
  return typeof value === 'string' && (words as readonly string[]).includes(value) ? (value as Word) : undefined;
}

/** A JSON object given as text or as a map; undefined for anything else. */
export function readObject(value: Value): Readonly<Record<string, Json>> | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isObject(parsed) ? parsed : undefined;
}

export const isObject = (value: unknown): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined when the text is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
