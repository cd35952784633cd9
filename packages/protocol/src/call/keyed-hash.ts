import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
const VALUE_MAX_BYTES = 1024;

interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const padsOfKeys: WeakMap<Uint8Array, Pads> = new WeakMap();

/**
 * First 64 bits of HMAC-SHA-256 (RFC 2104) as 16 hex digits, of at most 1,024 bytes of UTF-8: equal values are seen to be equal, and nobody without
 * the key can try values. Built from one-shot hashes, which cost a third of `createHmac` for such short texts.
 */
export function keyedHash(value: string, key: Uint8Array): string {
  const { inner, outer } = padsOf(key);
  const written = inner.write(value, BLOCK, VALUE_MAX_BYTES);
  outer.set(hash('sha256', inner.subarray(0, BLOCK + written), 'buffer'), BLOCK);
  return hash('sha256', outer, 'hex').slice(0, 16);
}

function padsOf(key: Uint8Array): Pads {
  const before = padsOfKeys.get(key);
  if (before !== undefined) return before;
  const inner = Buffer.alloc(BLOCK + VALUE_MAX_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key;
  for (const [index, byte] of short.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  const pads = { inner, outer };
  padsOfKeys.set(key, pads);
  return pads;
}
