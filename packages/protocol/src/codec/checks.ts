/**
 * Checks for values that came out of JSON.parse, made for the hot path: each answers 0 for an absent field, 1 for a good one and {@link BAD} for
 * any other, so that an object is good when its answers add up to the number of its keys (which also refuses unknown keys) and is read straight
 * through, without closures or tables.
 */
export type Answer = number;

/** So low that no number of good fields makes up for it. */
export const BAD = -1000;

export type Fields = Readonly<Record<string, unknown>>;

/** At most `max` code points, as zod counts them; a code point is at most two units, so only a long text has to be counted. */
export function text(value: unknown, max: number): Answer {
  if (value === undefined) return 0;
  if (typeof value !== 'string') return BAD;
  return value.length <= max || (value.length <= 2 * max && codePoints(value) <= max) ? 1 : BAD;
}

/** Safe integer within bounds, both included. */
export function integer(value: unknown, min: number, max: number): Answer {
  if (value === undefined) return 0;
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max ? 1 : BAD;
}

/** Integer from 0 to the largest safe one. */
export const count = (value: unknown): Answer => integer(value, 0, Number.MAX_SAFE_INTEGER);

/** Any safe integer. */
export const anyInteger = (value: unknown): Answer => integer(value, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** Finite number within bounds, both included. */
export function number(value: unknown, min: number, max: number): Answer {
  if (value === undefined) return 0;
  return typeof value === 'number' && value >= min && value <= max ? 1 : BAD;
}

export function boolean(value: unknown): Answer {
  if (value === undefined) return 0;
  return value === true || value === false ? 1 : BAD;
}

export function oneOf(value: unknown, words: ReadonlySet<unknown>): Answer {
  if (value === undefined) return 0;
  return words.has(value) ? 1 : BAD;
}

/** Lower-case hexadecimal text of exactly this length. */
export function hex(value: unknown, length: number): Answer {
  if (value === undefined) return 0;
  return typeof value === 'string' && value.length === length && isHex(value, 0, length) ? 1 : BAD;
}

/** List of at most `items` texts of at most `max` code points. */
export function texts(value: unknown, items: number, max: number): Answer {
  if (value === undefined) return 0;
  if (!Array.isArray(value) || value.length > items) return BAD;
  for (const item of value) if (text(item, max) !== 1) return BAD;
  return 1;
}

/** The value as fields to be read; undefined for what is no JSON object. */
export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** Whether the answers of all known fields make up the whole object. */
export function adds(answers: number, fields: Fields): Answer {
  let keys = 0;
  for (const _ in fields) keys++;
  return answers === keys ? 1 : BAD;
}

/** True when `value` is lower-case hexadecimal from `start` to `end`. */
export function isHex(value: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const unit = value.charCodeAt(index);
    if (!((unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102))) return false;
  }
  return true;
}

function codePoints(value: string): number {
  let points = 0;
  for (const _ of value) points++;
  return points;
}
