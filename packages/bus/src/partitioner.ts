const SEED = 0x9747b28c;
const M = 0x5bd1e995;

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

function mixTail(hash: number, bytes: Uint8Array, at: number): number {
  const left = bytes.length - at;
  if (left === 0) return hash;
  let mixed = hash;
  if (left === 3) mixed ^= (bytes[at + 2] ?? 0) << 16;
  if (left >= 2) mixed ^= (bytes[at + 1] ?? 0) << 8;
  return Math.imul(mixed ^ (bytes[at] ?? 0), M);
}

/** MurmurHash2, 32 bit, with the seed of Kafka's Java client (`org.apache.kafka.common.utils.Utils.murmur2`); a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array): number {
  let hash = SEED ^ bytes.length;
  const tail = bytes.length & ~3;
  for (let at = 0; at < tail; at += 4) {
    let k = Math.imul(word(bytes, at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  hash = mixTail(hash, bytes, tail);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The partition Kafka's own clients choose for a key, so that any producer of the same key agrees with ours. */
export const partitionForKey = (key: string, partitions: number): number => (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
