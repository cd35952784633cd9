import { BelayError } from '../errors.ts';
import { flatJson } from './flat-json.ts';

/** Levels of lists and objects that are read; deeper values are refused, which also ends a cycle. */
const MAX_DEPTH = 1000;

export interface CanonicalOptions {
  /** Called with every text and key: gives what to write, or throws. */
  readonly text: (text: string) => string;
  /** True for keys to leave out. */
  readonly isLeftOut?: (key: string) => boolean;
}

/**
 * RFC 8785: no spaces, keys by UTF-16 code units, numbers and texts as ECMAScript writes them.
 * @param depth levels that the value already stands in.
 */
export function writeCanonical(value: unknown, options: CanonicalOptions, depth = 0): string {
  return write(value, options, depth);
}

function write(value: unknown, options: CanonicalOptions, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(options.text(value));
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw refusal(String(value));
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeContainer(value, options, depth);
    default:
      throw refusal(`a value of type ${typeof value}`);
  }
}

function writeContainer(value: object, options: CanonicalOptions, depth: number): string {
  if (depth >= MAX_DEPTH) throw refusal(`more than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return writeList(value, options, depth);
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON(), options, depth + 1);
  return writeObject(value as Readonly<Record<string, unknown>>, options, depth);
}

function writeList(list: readonly unknown[], options: CanonicalOptions, depth: number): string {
  let text = '[';
  for (let index = 0; index < list.length; index++)
    text += (index === 0 ? '' : ',') + (list[index] === undefined ? 'null' : write(list[index], options, depth + 1));
  return `${text}]`;
}

function writeObject(object: Readonly<Record<string, unknown>>, options: CanonicalOptions, depth: number): string {
  const flat = options.isLeftOut === undefined ? flatJson(object) : undefined;
  if (flat !== undefined) return flat;
  let text = '{';
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value === undefined || options.isLeftOut?.(key) === true) continue;
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(options.text(key))}:${write(value, options, depth + 1)}`;
  }
  return `${text}}`;
}

const refusal = (what: string): BelayError => new BelayError('bad_request', `${what} is no JSON; RFC 8785 has no form for it.`);
