import { leavesOf } from './leaves.ts';

const MAX_TOKENS = 256;
const TOKEN: RegExp = /[\p{L}\p{N}]+/gu;

/** 64-bit SimHash (Charikar 2002) of the argument tokens, 16 hex digits: calls that differ in little differ in few bits. */
export function sketchOf(args: unknown): string {
  const votes = new Int32Array(64);
  let tokens = 0;
  for (const { role, value } of leavesOf(args)) {
    for (const [token] of `${role} ${String(value).slice(0, 4096)}`.matchAll(TOKEN)) {
      if (tokens++ >= MAX_TOKENS) return toHex(votes);
      vote(votes, token.toLowerCase());
    }
  }
  return toHex(votes);
}

function vote(votes: Int32Array, token: string): void {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < token.length; index++) {
    const unit = token.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
  }
  low = mix(low);
  high = mix(high ^ low);
  for (let bit = 0; bit < 32; bit++) {
    votes[bit] = (votes[bit] ?? 0) + ((low >>> bit) & 1 ? 1 : -1);
    votes[bit + 32] = (votes[bit + 32] ?? 0) + ((high >>> bit) & 1 ? 1 : -1);
  }
}

/** Finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function toHex(votes: Int32Array): string {
  let low = 0;
  let high = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((votes[bit] ?? 0) > 0) low |= 1 << bit;
    if ((votes[bit + 32] ?? 0) > 0) high |= 1 << bit;
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
