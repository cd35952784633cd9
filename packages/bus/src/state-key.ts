import { BelayError } from '@belay/protocol';
import type { CheckpointSource } from './bus.ts';

/** Where the keys of one group and source topic begin on `belay.detector-state.v1`. Groups have no spaces, so prefixes are injective. */
export function statePrefix({ group, topic }: CheckpointSource): string {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(group)) {
    throw new BelayError('bad_request', `Group "${group}" cannot hold checkpoints: its name must match [A-Za-z0-9._-]{1,200}.`);
  }
  return `${group} ${topic} `;
}

/** Key, after the prefix, of the record that says which source offset the snapshots of the same transaction contain. */
export const POSITION_KEY = '\u0000position';
/** Key, after the prefix, of the record that names the writer in office. */
export const OWNER_KEY = '\u0000owner';

/** @throws BelayError `bad_request` when a snapshot's key begins like the reserved ones. */
export function assertSnapshotKey(key: string): void {
  if (key.startsWith('\u0000')) throw new BelayError('bad_request', 'A snapshot key begins with U+0000, which is reserved.');
}
