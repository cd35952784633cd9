import { ATTRIBUTES, type KnownAttribute } from './attributes.ts';

const names = Object.keys(ATTRIBUTES) as KnownAttribute[];
const keys: readonly Uint8Array[] = names.map((name) => new TextEncoder().encode(ATTRIBUTES[name]));
const slotsByKey = new Map<string, number>(names.map((name, slot) => [ATTRIBUTES[name], slot]));

/** Where the value of each known attribute stands in {@link RawSpan.values}. */
export const SLOT: Readonly<Record<KnownAttribute, number>> = Object.freeze(
  Object.fromEntries(names.map((name, slot) => [name, slot])) as Record<KnownAttribute, number>,
);

export const SLOT_COUNT: number = names.length;

/** Slot of an attribute key, −1 when the mapping does not read it. */
export const slotOfKey = (key: string): number => slotsByKey.get(key) ?? -1;

const BUCKETS = 1024;
const SHORTEST = Math.min(...keys.map((key) => key.length));
const buckets: number[][] = Array.from({ length: BUCKETS }, () => []);

// Five bytes and the length tell the known keys apart well enough; the full comparison below makes it exact.
function bucketOf(bytes: Uint8Array, start: number, end: number): number {
  const middle = (start + end) >>> 1;
  const mixed =
    (end - start) * 131 +
    (bytes[end - 1] ?? 0) * 31 +
    (bytes[end - 3] ?? 0) * 389 +
    (bytes[end - 6] ?? 0) * 57 +
    (bytes[middle] ?? 0) * 211 +
    (bytes[start] ?? 0) * 7;
  return mixed & (BUCKETS - 1);
}

for (const [slot, key] of keys.entries()) buckets[bucketOf(key, 0, key.length)]?.push(slot);

/** {@link slotOfKey} for a key that is still UTF-8 bytes: no string is made. */
export function slotOfBytes(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < SHORTEST) return -1;
  const candidates = buckets[bucketOf(bytes, start, end)];
  if (candidates === undefined) return -1;
  for (const slot of candidates) {
    if (equals(keys[slot], bytes, start, end)) return slot;
  }
  return -1;
}

function equals(key: Uint8Array | undefined, bytes: Uint8Array, start: number, end: number): boolean {
  if (key === undefined || key.length !== end - start) return false;
  for (let i = key.length - 1; i >= 0; i--) if (key[i] !== bytes[start + i]) return false;
  return true;
}
