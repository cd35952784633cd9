import type { Feature } from '../event/decision-event.ts';
import { keyedHash } from './keyed-hash.ts';
import { leavesOf } from './leaves.ts';

/** What detectors may know of the arguments when content is not captured: role, kind, keyed hash, length, flags; at most 16. */
export function featuresOf(args: unknown, hashKey: Uint8Array): Feature[] {
  return leavesOf(args)
    .slice(0, 16)
    .map(({ role, value }) => featureOf(role.slice(0, 128), value, hashKey));
}

function featureOf(role: string, value: unknown, hashKey: Uint8Array): Feature {
  if (value === null || value === undefined || value === '') return { role, kind: 'empty' };
  if (typeof value === 'boolean') return { role, kind: 'boolean', hash: keyedHash(String(value), hashKey) };
  if (typeof value === 'number') return { role, kind: 'number', hash: keyedHash(String(value), hashKey) };
  const text = String(value);
  return { role, kind: 'text', length: text.length, ...(text.length <= 64 ? { hash: keyedHash(text, hashKey) } : {}) };
}
