import type { Clock } from './clock.ts';

/**
 * UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then random bits.
 * @param randomBytes source of at least 10 random bytes, e.g. `randomBytes` of node:crypto.
 */
export function uuidv7(clock: Clock, randomBytes: (size: number) => Uint8Array): string {
  const random = randomBytes(10);
  const time = Math.max(0, Math.floor(clock.nowUs() / 1000))
    .toString(16)
    .padStart(12, '0')
    .slice(-12);
  const at = (index: number): number => random[index] ?? 0;
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  const version = hex(0x70 | (at(0) & 0x0f)) + hex(at(1));
  const variant = hex(0x80 | (at(2) & 0x3f)) + hex(at(3));
  const rest = [4, 5, 6, 7, 8, 9].map((index) => hex(at(index))).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${rest}`;
}
