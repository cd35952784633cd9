import { hash } from 'node:crypto';
import { parseJson } from '../codec/parse-json.ts';
import { DEFAULT_VOLATILE_KEYS, volatileKeys } from './volatile-keys.ts';
import { type CanonicalOptions, writeCanonical } from './write-canonical.ts';

/** `sha256:` and 64 hex digits of the UTF-8 bytes of the text. */
export const textDigest = (text: string): string => `sha256:${hash('sha256', text, 'hex')}`;

/** Lone surrogates become U+FFFD, as they do in UTF-8. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

/**
 * `sha256:` digest of the canonical JSON of a value. Lone surrogates, which RFC 8785 refuses, count as U+FFFD here: a hostile text must not get an
 * agent out of being recognised.
 * @throws BelayError `bad_request` on what is no JSON.
 */
export const digestOf = (value: unknown): string => textDigest(writeCanonical(value, WELL_FORMED));

const WELL_FORMED: CanonicalOptions = { text: wellFormed };

/**
 * Identity of a call: digest of `{arguments, tool}`. Take it of the full arguments, before any cut; when they are unknown there is no digest, never a
 * digest of nothing.
 * @throws BelayError `bad_request` on arguments that are no JSON.
 */
export const callDigest = (tool: string, args: unknown): string => callDigestOfText(tool, writeCanonical(args ?? null, WELL_FORMED, 1));

/** {@link callDigest} of arguments that are at hand as canonical JSON. */
export const callDigestOfText = (tool: string, canonical: string): string =>
  textDigest(`{"arguments":${canonical},"tool":${writeCanonical(tool, WELL_FORMED, 1)}}`);

export interface ResultDigestOptions {
  /** Keys left out at every depth, compared in lower case without `_` and `-`. Default {@link DEFAULT_VOLATILE_KEYS}. */
  readonly volatileKeys?: readonly string[];
}

/**
 * Digest of a result less the keys that change by themselves (request ids, timestamps). Numbers inside text stay: a changed count is progress. A
 * text that is a JSON object or list counts as that value.
 * @throws BelayError `bad_request` on what is no JSON.
 */
export function resultDigest(result: unknown, options: ResultDigestOptions = {}): string {
  const isLeftOut = volatileKeys(options.volatileKeys ?? DEFAULT_VOLATILE_KEYS);
  return textDigest(writeCanonical(parsed(result) ?? null, { text: wellFormed, isLeftOut }));
}

function parsed(result: unknown): unknown {
  if (typeof result !== 'string') return result;
  const first = result.charCodeAt(0);
  if (first !== 0x7b && first !== 0x5b) return result;
  return parseJson(result) ?? result;
}
