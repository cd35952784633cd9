import { expect, it } from 'vitest';
import { keyedHash } from './keyed-hash.ts';
import { type SipKey, sipHash } from './sip-hash.ts';

/** Key 00 01 … 0f of the reference vectors. */
const KEY: SipKey = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

function ofBytes(length: number): string {
  const message = Buffer.alloc(80);
  for (let index = 0; index < length; index++) message[index] = index;
  return sipHash(new Int32Array(message.buffer, message.byteOffset, 20), length, KEY);
}

it.each([
  [0, '726fdb47dd0e0e31'],
  [1, '74f839c593dc67fd'],
  [7, 'ab0200f58b01d137'],
  [8, '93f5f5799a932462'],
  [15, 'a129ca6149be45e5'],
])('the message 00 01 … of %i bytes has the hash of the reference implementation', (length, expected) => {
  expect(ofBytes(length)).toBe(expected);
});

it('a value has one hash under one key, and another under another', () => {
  const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(keyedHash('ann@example.com', one)).toMatch(/^[0-9a-f]{16}$/);
  expect(keyedHash('ann@example.com', one)).toBe(keyedHash('ann@example.com', new Uint8Array(one)));
  expect(keyedHash('ann@example.com', one)).not.toBe(keyedHash('ann@example.com', two));
});

it('a longer value before leaves nothing behind', () => {
  const key = new Uint8Array(32);
  const first = keyedHash('ab', key);
  keyedHash('x'.repeat(900), key);
  expect(keyedHash('ab', key)).toBe(first);
});
