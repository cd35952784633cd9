/** One key of two, the order kept: 53 bits, the same everywhere. */
export function joinedKey(first: number, second: number): number {
  let high = Math.imul((first | 0) ^ 0x2545f491, 2654435761) ^ Math.imul((second / 4294967296) | 0, 1597334677);
  let low = Math.imul((second | 0) ^ 0x41c6ce57, 1597334677) ^ Math.imul((first / 4294967296) | 0, 2654435761);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0) || 1;
}
