import { hash } from 'node:crypto';
import { type SipKey, sipHash } from './sip-hash.ts';

const VALUE_MAX_BYTES = 1024;
const BLOCK = 8;

const keys: WeakMap<Uint8Array, SipKey> = new WeakMap();
const scratch = Buffer.alloc(VALUE_MAX_BYTES + BLOCK);
const words = new Int32Array(scratch.buffer, scratch.byteOffset, scratch.length / 4);

/**
 * 16 hex digits of SipHash-2-4 of at most 1,024 bytes of UTF-8: equal values are seen to be equal, and nobody without the key can try
 * values. A keyed hash made for short texts: it costs a fraction of any call into the runtime's cryptography.
 */
export function keyedHash(value: string, key: Uint8Array): string {
  const length = writeAscii(value) ?? scratch.write(value, 0, VALUE_MAX_BYTES);
  scratch.fill(0, length, length + BLOCK);
  return sipHash(words, length, sipKeyOf(key));
}

const SHORT = 64;

/** Short ASCII, as most values are, is written faster than a call into the runtime is made; undefined for any other text. */
function writeAscii(value: string): number | undefined {
  if (value.length > SHORT) return undefined;
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit > 127) return undefined;
    scratch[index] = unit;
  }
  return value.length;
}

/** SipHash takes 128 bits; a key of any length is made that by SHA-256. */
function sipKeyOf(key: Uint8Array): SipKey {
  const before = keys.get(key);
  if (before !== undefined) return before;
  const digest = hash('sha256', key, 'buffer');
  const made: SipKey = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
  keys.set(key, made);
  return made;
}
