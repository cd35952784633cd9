import { isSecretKey } from '../redaction/secret-keys.ts';
import { knownKey } from './known-keys.ts';
import type { Leaf } from './leaves.ts';
import { ANY_SHAPE, HAS, LONG_WORD, SHAPE_BITS } from './text-shape.ts';

/** What one walk over the JSON text of arguments shows: the same as parsing it and going over the value once for each. */
export interface ScannedArguments {
  /** {@link leavesOf} the value. */
  readonly leaves: readonly Leaf[];
  /** {@link canonicalJson} of the value. */
  readonly canonical: string;
  /** True when no argument is a list or an object. */
  readonly isFlat: boolean;
  /** True when a name at any depth is a secret's. */
  readonly hasSecretKey: boolean;
  /** True when an argument is named `owner` or `org`. */
  readonly hasOwner: boolean;
}

const TEXT_MAX = 4096;
const LEVELS_MAX = 5;
const LEAVES_MAX = 128;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const LIST = 91;
const LIST_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;

const bytes = Buffer.alloc(TEXT_MAX + 1);

/**
 * Reads arguments of the form that nearly all have: an object in ASCII as JSON.stringify writes it, without escapes, of at most 4,096 characters.
 * Undefined for any other text, JSON or not, which is then to be parsed: names that an object orders by itself, two values under one name, numbers
 * in another than the shortest form, deep nesting.
 */
export function scanArguments(text: string): ScannedArguments | undefined {
  if (text.length > TEXT_MAX || text.charCodeAt(0) !== OBJECT) return undefined;
  // What is not ASCII takes more bytes than it has characters, and is met below where it does not.
  if (bytes.write(text) !== text.length) return undefined;
  bytes[text.length] = QUOTE;
  const scan = new Scan(text);
  if (!scan.object('', 1) || scan.at !== text.length) return undefined;
  const { leaves, isFlat, hasSecretKey, hasOwner } = scan;
  return { leaves, canonical: scan.canonical ?? text, isFlat, hasSecretKey, hasOwner };
}

/** A member of an object, `"name":value` in the text. */
interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where it is not as in the text. */
  readonly canonical: string | undefined;
}

/** Each method reads what begins at `at`; false when it is not of the form. */
class Scan {
  at = 0;
  readonly leaves: Leaf[] = [];
  isFlat = true;
  hasSecretKey = false;
  hasOwner = false;
  /** Of the value that was read last, where it is not as in the text. */
  canonical: string | undefined;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  object(role: string, level: number): boolean {
    const members: Member[] = [];
    let isSorted = true;
    this.at += 1;
    if (bytes[this.at] === OBJECT_END) return this.#end(undefined);
    do {
      const from = this.at;
      const name = this.#name();
      if (name === undefined || !this.#value(role === '' ? name : `${role}.${name}`, name, level)) return false;
      const last = members.at(-1)?.name;
      const member: Member = { name, start: from, end: this.at, canonical: this.canonical };
      if (last === undefined || last < name) members.push(member);
      else if (insert(members, member)) isSorted = false;
      else return false;
      if (level === 1 && (name === 'owner' || name === 'org')) this.hasOwner = true;
    } while (bytes[this.at++] === COMMA);
    this.at -= 1;
    if (bytes[this.at] !== OBJECT_END) return false;
    return this.#end(isSorted && members.every(isAsWritten) ? undefined : this.#inOrder(members));
  }

  #end(canonical: string | undefined): boolean {
    this.at += 1;
    this.canonical = canonical;
    return true;
  }

  #inOrder(members: readonly Member[]): string {
    let text = '';
    for (const { name, start, end, canonical } of members) {
      text += text === '' ? '{' : ',';
      text += canonical === undefined ? this.#text.slice(start, end) : `"${name}":${canonical}`;
    }
    return `${text}}`;
  }

  /** A name and its colon. */
  #name(): string | undefined {
    const start = this.at + 1;
    if (bytes[this.at] !== QUOTE) return undefined;
    let end = start;
    let shape = 0;
    let hash = 0;
    for (let byte = bytes[end] ?? 0; byte !== QUOTE; byte = bytes[++end] ?? QUOTE) {
      shape |= SHAPE_BITS[byte] ?? ANY_SHAPE;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if ((shape & HAS.escaped) !== 0 || bytes[end + 1] !== COLON || hasOwnOrder(bytes[start] ?? 0)) return undefined;
    this.at = end + 2;
    const name = knownKey(bytes, start, end, hash);
    if (name === '__proto__') return undefined;
    this.hasSecretKey ||= isSecretKey(name);
    return name;
  }

  #value(role: string, key: string, level: number): boolean {
    this.canonical = undefined;
    switch (bytes[this.at]) {
      case QUOTE:
        return this.#string(role, key);
      case OBJECT:
        this.isFlat = false;
        return level < LEVELS_MAX && this.object(role, level + 1);
      case LIST:
        this.isFlat = false;
        return level < LEVELS_MAX && this.#list(role, key, level + 1);
      default:
        return this.#word(role, key);
    }
  }

  #list(role: string, key: string, level: number): boolean {
    const items: string[] = [];
    let isAsIs = true;
    this.at += 1;
    if (bytes[this.at] === LIST_END) return this.#end(undefined);
    do {
      const start = this.at;
      if (!this.#value(`${role}.${items.length}`, key, level)) return false;
      if (this.canonical !== undefined) isAsIs = false;
      items.push(this.canonical ?? this.#text.slice(start, this.at));
    } while (bytes[this.at++] === COMMA);
    this.at -= 1;
    return bytes[this.at] === LIST_END && this.#end(isAsIs ? undefined : `[${items.join(',')}]`);
  }

  #string(role: string, key: string): boolean {
    const start = this.at + 1;
    let end = start;
    let shape = 0;
    let word = start;
    for (let byte = bytes[end] ?? 0; byte !== QUOTE; byte = bytes[++end] ?? QUOTE) {
      const bits = SHAPE_BITS[byte] ?? ANY_SHAPE;
      shape |= bits;
      if ((bits & HAS.wordEnd) === 0) continue;
      if (end - word >= LONG_WORD) shape |= HAS.longWord;
      word = end + 1;
    }
    if (end - word >= LONG_WORD) shape |= HAS.longWord;
    this.at = end + 1;
    return (shape & HAS.escaped) === 0 && this.#leaf(role, key, this.#text.slice(start, end), shape);
  }

  /** A number, true, false or null. */
  #word(role: string, key: string): boolean {
    const start = this.at;
    let end = start;
    while (IN_WORD[bytes[end] ?? 0] === 1) end += 1;
    this.at = end;
    const text = this.#text.slice(start, end);
    if (text === 'true' || text === 'false') return this.#leaf(role, key, text === 'true', ANY_SHAPE);
    if (text === 'null') return this.#leaf(role, key, null, ANY_SHAPE);
    const value = Number(text);
    // ECMAScript's own spelling of a finite number is JSON, and canonical.
    return Number.isFinite(value) && String(value) === text && this.#leaf(role, key, value, ANY_SHAPE);
  }

  #leaf(role: string, key: string, value: Leaf['value'], shape: number): boolean {
    return this.leaves.push({ role, key, value, shape }) <= LEAVES_MAX;
  }
}

const IN_WORD: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (/[\w+.-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** Names of digits come first in any object. The empty name is left out because paths of names do not show it. */
const hasOwnOrder = (first: number): boolean => (first >= 48 && first <= 57) || first === QUOTE;

const isAsWritten = (member: Member): boolean => member.canonical === undefined;

/** Puts a member where its name belongs; false when that name is taken. */
function insert(members: Member[], member: Member): boolean {
  let place = members.length;
  while (place > 0 && (members[place - 1]?.name ?? '') > member.name) place--;
  if (members[place - 1]?.name === member.name) return false;
  members.splice(place, 0, member);
  return true;
}
