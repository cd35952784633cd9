import { BelayError } from '../errors.ts';
import { writeCanonical } from './write-canonical.ts';

/**
 * RFC 8785 canonical JSON: the same text for the same value, whatever the order of keys. Properties that are `undefined` are left out, as
 * JSON.stringify does.
 * @throws BelayError `bad_request` on what JSON cannot say: undefined, functions, NaN, Infinity, bigint, cycles, lone surrogates, and on more than
 *   {@link MAX_DEPTH} levels.
 */
export function canonicalJson(value: unknown): string {
  return writeCanonical(value, {
    text: (text) => {
      if (text.isWellFormed()) return text;
      throw new BelayError('bad_request', 'A text holds a lone surrogate; RFC 8785 has no form for it. Pass well-formed Unicode.');
    },
  });
}
