import { BelayError } from '@belay/protocol';
import type { CheckpointSource } from './bus.ts';

/** Where the keys of one group and source topic begin on `belay.detector-state.v1`. Groups have no spaces, so prefixes are injective. */
export function statePrefix({ group, topic }: CheckpointSource): string {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(group)) {
    throw new BelayError('bad_request', `Group "${group}" cannot hold checkpoints: its name must match [A-Za-z0-9._-]{1,200}.`);
  }
  return `${group} ${topic} `;
}

/** Key, after the prefix, of the record that says which source offset the snapshots of the same transaction contain. No snapshot may use it. */
export const POSITION_KEY = '\u0000position';

/** @throws BelayError `bad_request` when a snapshot uses the reserved key. */
export function snapshotKey(prefix: string, key: string): string {
  if (key === POSITION_KEY) throw new BelayError('bad_request', 'A snapshot used the key that is reserved for the position.');
  return `${prefix}${key}`;
}
