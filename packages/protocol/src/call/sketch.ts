import { createBitVotes } from './bit-votes.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { ANY_SHAPE } from './text-shape.ts';

const MAX_TOKENS = 256;
const MAX_VALUE = 4096;
const TOKEN: RegExp = /[\p{L}\p{N}]+/gu;
const NON_ASCII: RegExp = /[^\0-\x7f]/;

const low = createBitVotes();
const high = createBitVotes();

/**
 * 64-bit SimHash (Charikar 2002) of the argument tokens, 16 hex digits: calls that differ in little differ in few bits.
 * @param leaves of the arguments, where they are at hand.
 */
export function sketchOf(args: unknown, leaves: readonly Leaf[] = leavesOf(args)): string {
  low.clear();
  high.clear();
  let left = MAX_TOKENS;
  for (const { role, value, shape } of leaves) {
    if (left > 0) left = voteText(role, left, ANY_SHAPE);
    if (left > 0) left = voteText(textOf(value), left, shape);
  }
  return hex(high.majority()) + hex(low.majority());
}

/** The sketch of the first 256 tokens of an ASCII text that does not end with one. */
export function sketchOfBytes(bytes: Uint8Array, length: number): string {
  low.clear();
  high.clear();
  let left = MAX_TOKENS;
  let first = FNV_BASIS;
  let second = MURMUR_SEED;
  for (let index = 0; index < length && left > 0; index++) {
    const unit = TOKEN_UNITS[bytes[index] ?? 0] ?? 0;
    if (unit !== 0) {
      first = Math.imul(first ^ unit, 0x01000193);
      second = Math.imul(second ^ unit, 0x5bd1e995);
    } else if (first !== FNV_BASIS || second !== MURMUR_SEED) {
      vote(first, second);
      left -= 1;
      first = FNV_BASIS;
      second = MURMUR_SEED;
    }
  }
  return hex(high.majority()) + hex(low.majority());
}

const textOf = (value: unknown): string => {
  const text = String(value);
  return text.length > MAX_VALUE ? text.slice(0, MAX_VALUE) : text;
};

/** Votes with the tokens of a text, in lower case, as long as some are left; returns how many still are. */
function voteText(text: string, left: number, shape: number): number {
  return shape === ANY_SHAPE && NON_ASCII.test(text) ? voteUnicode(text, left) : voteAscii(text, left);
}

function voteUnicode(text: string, left: number): number {
  let rest = left;
  for (const [token] of text.matchAll(TOKEN)) {
    if (rest === 0) return 0;
    voteAscii(token.toLowerCase(), 1, true);
    rest -= 1;
  }
  return rest;
}

/** The same in one walk without making a string for each token. `whole`: the text is one token, whatever is in it. */
function voteAscii(text: string, left: number, whole = false): number {
  let rest = left;
  let first = FNV_BASIS;
  let second = MURMUR_SEED;
  let isOpen = false;
  for (let index = 0; index <= text.length; index++) {
    const unit = index < text.length ? (whole ? text.charCodeAt(index) : (TOKEN_UNITS[text.charCodeAt(index)] ?? 0)) : 0;
    if (unit !== 0) {
      first = Math.imul(first ^ unit, 0x01000193);
      second = Math.imul(second ^ unit, 0x5bd1e995);
      isOpen = true;
    } else if (isOpen) {
      vote(first, second);
      rest -= 1;
      if (rest === 0) return 0;
      first = FNV_BASIS;
      second = MURMUR_SEED;
      isOpen = false;
    }
  }
  return rest;
}

const FNV_BASIS = 0x811c9dc5;
const MURMUR_SEED = 0x9747b28c;

/** By unit: in lower case when it is an ASCII letter or digit, else 0. */
const TOKEN_UNITS: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(unit)) ? String.fromCharCode(unit).toLowerCase().charCodeAt(0) : 0,
);

function vote(first: number, second: number): void {
  const mixed = mix(first);
  low.add(mixed);
  high.add(mix(second ^ mixed));
}

/** Finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hex = (word: number): string =>
  `${HEX[word >>> 24] ?? ''}${HEX[(word >>> 16) & 255] ?? ''}${HEX[(word >>> 8) & 255] ?? ''}${HEX[word & 255] ?? ''}`;
