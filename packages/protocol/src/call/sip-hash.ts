/** A key of 128 bits as four 32-bit words, lowest first. */
export type SipKey = readonly [number, number, number, number];

const FINAL_ROUNDS = 4;
const BLOCK_ROUNDS = 2;

/** The state while the rounds are at it: four words of 64 bits, each as low and high half. */
const v = new Int32Array(8);

/**
 * SipHash-2-4 (Aumasson, Bernstein 2012; cr.yp.to/siphash), as 16 hex digits of the 64-bit number.
 * @param words the message in little-endian 32-bit words, with at least eight zero bytes behind it.
 * @param length bytes of the message.
 */
export function sipHash(words: Int32Array, length: number, [k0, k1, k2, k3]: SipKey): string {
  v[0] = k0 ^ 0x70736575;
  v[1] = k1 ^ 0x736f6d65;
  v[2] = k2 ^ 0x6e646f6d;
  v[3] = k3 ^ 0x646f7261;
  v[4] = k0 ^ 0x6e657261;
  v[5] = k1 ^ 0x6c796765;
  v[6] = k2 ^ 0x79746573;
  v[7] = k3 ^ 0x74656462;
  const last = length >>> 3;
  for (let block = 0; block < last; block++) absorb(words[2 * block] ?? 0, words[2 * block + 1] ?? 0);
  absorb(words[2 * last] ?? 0, (words[2 * last + 1] ?? 0) | (length << 24));
  v[4] = (v[4] ?? 0) ^ 0xff;
  rounds(FINAL_ROUNDS);
  const low = (v[0] ?? 0) ^ (v[2] ?? 0) ^ (v[4] ?? 0) ^ (v[6] ?? 0);
  const high = (v[1] ?? 0) ^ (v[3] ?? 0) ^ (v[5] ?? 0) ^ (v[7] ?? 0);
  return hexOf(high, low);
}

function absorb(low: number, high: number): void {
  v[6] = (v[6] ?? 0) ^ low;
  v[7] = (v[7] ?? 0) ^ high;
  rounds(BLOCK_ROUNDS);
  v[0] = (v[0] ?? 0) ^ low;
  v[1] = (v[1] ?? 0) ^ high;
}

/** The carry of a 32-bit addition: the sum came out below its summand. */
const carry = (sum: number, summand: number): number => (sum >>> 0 < summand >>> 0 ? 1 : 0);

/** Letters are halves of the four words, a0 = low half of v0 and so on; each line of the paper is three or four of ours. */
function rounds(count: number): void {
  let a0 = v[0] ?? 0;
  let a1 = v[1] ?? 0;
  let b0 = v[2] ?? 0;
  let b1 = v[3] ?? 0;
  let c0 = v[4] ?? 0;
  let c1 = v[5] ?? 0;
  let d0 = v[6] ?? 0;
  let d1 = v[7] ?? 0;
  for (let round = 0; round < count; round++) {
    let keep: number;
    a0 = (a0 + b0) | 0;
    a1 = (a1 + b1 + carry(a0, b0)) | 0;
    keep = ((b0 << 13) | (b1 >>> 19)) ^ a0;
    b1 = ((b1 << 13) | (b0 >>> 19)) ^ a1;
    b0 = keep;
    keep = a0;
    a0 = a1;
    a1 = keep;
    c0 = (c0 + d0) | 0;
    c1 = (c1 + d1 + carry(c0, d0)) | 0;
    keep = ((d0 << 16) | (d1 >>> 16)) ^ c0;
    d1 = ((d1 << 16) | (d0 >>> 16)) ^ c1;
    d0 = keep;
    a0 = (a0 + d0) | 0;
    a1 = (a1 + d1 + carry(a0, d0)) | 0;
    keep = ((d0 << 21) | (d1 >>> 11)) ^ a0;
    d1 = ((d1 << 21) | (d0 >>> 11)) ^ a1;
    d0 = keep;
    c0 = (c0 + b0) | 0;
    c1 = (c1 + b1 + carry(c0, b0)) | 0;
    keep = ((b0 << 17) | (b1 >>> 15)) ^ c0;
    b1 = ((b1 << 17) | (b0 >>> 15)) ^ c1;
    b0 = keep;
    keep = c0;
    c0 = c1;
    c1 = keep;
  }
  v[0] = a0;
  v[1] = a1;
  v[2] = b0;
  v[3] = b1;
  v[4] = c0;
  v[5] = c1;
  v[6] = d0;
  v[7] = d1;
}

const DIGITS: Uint8Array = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const digit = (word: number, shift: number): number => DIGITS[(word >>> shift) & 15] ?? 0;

/** In one call: each string that is put to another is one more object. */
const hexOf = (high: number, low: number): string =>
  String.fromCharCode(
    digit(high, 28),
    digit(high, 24),
    digit(high, 20),
    digit(high, 16),
    digit(high, 12),
    digit(high, 8),
    digit(high, 4),
    digit(high, 0),
    digit(low, 28),
    digit(low, 24),
    digit(low, 20),
    digit(low, 16),
    digit(low, 12),
    digit(low, 8),
    digit(low, 4),
    digit(low, 0),
  );
