import canonicalize from 'canonicalize';
import { BelayError } from '../errors.ts';

/**
 * RFC 8785 canonical JSON: the same text for the same value, whatever the order of keys. Properties that are `undefined` are left out, as
 * JSON.stringify does.
 * @throws BelayError `bad_request` on what JSON cannot say: undefined, functions, NaN, Infinity, bigint, cycles, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  const text = attempt(value);
  if (text === undefined)
    throw new BelayError(
      'bad_request',
      `A value of type ${typeof value} has no JSON form; pass null, a boolean, number, string, list or object.`,
    );
  return text;
}

function attempt(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (cause) {
    throw new BelayError(
      'bad_request',
      `The value is no JSON (${cause instanceof Error ? cause.message : 'unknown reason'}); RFC 8785 has no form for it.`,
      { cause },
    );
  }
}
