/** Longer names are rare, and not worth a place. */
const KEY_MAX = 64;
const PLACES = 1024;

const known: (string | undefined)[] = new Array<string | undefined>(PLACES).fill(undefined);

/**
 * The ASCII text of some bytes, as the same string for the same bytes as long as it keeps its place among 1,024: agents repeat the names of their
 * arguments, and what is looked up by a string that has been looked up before is found without reading it.
 * @param hash any mix of the bytes.
 */
export function knownKey(bytes: Buffer, start: number, end: number, hash: number): string {
  const place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (PLACES - 1);
  const before = known[place];
  if (before !== undefined && isTextOf(before, bytes, start, end)) return before;
  const key = bytes.toString('latin1', start, end);
  if (key.length <= KEY_MAX) known[place] = key;
  return key;
}

function isTextOf(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}
