import { BelayError, TOPICS } from '@belay/protocol';
import type { CheckpointSource, CheckpointWriter, OutgoingMessage, Snapshot } from '../bus.ts';
import { assertSnapshotKey, POSITION_KEY, statePrefix } from '../state-key.ts';
import type { EmbeddedRoom } from './partition-worker.ts';

const READ_ALL = { messages: 2 ** 31, bytes: Number.MAX_SAFE_INTEGER };

const fenced = ({ group, topic, partition }: CheckpointSource): BelayError =>
  new BelayError(
    'fenced',
    `Another member of ${group} writes the checkpoints of ${topic}/${partition} now. Stop: its state is the newer one.`,
  );

/** Opens the only writer that may checkpoint `source` from now on. */
export async function openEmbeddedCheckpoints(
  room: EmbeddedRoom,
  source: CheckpointSource,
  nowUs: () => number,
): Promise<CheckpointWriter> {
  const prefix = statePrefix(source);
  const head = room.file.head(TOPICS.detectorState, source.partition);
  let epoch = 0;
  await room.queue.write(() => {
    epoch = room.groups.raiseEpoch(source);
  });
  const messageOf = (key: string, value: Uint8Array | undefined): OutgoingMessage => ({
    topic: TOPICS.detectorState,
    key,
    value,
    timestampUs: nowUs(),
  });
  return {
    async checkpoint(snapshots: readonly Snapshot[], nextOffset: bigint) {
      for (const { key } of snapshots) assertSnapshotKey(key);
      const messages = snapshots.map(({ key, value }) => messageOf(prefix + key, value));
      messages.push(messageOf(prefix + POSITION_KEY, Buffer.from(String(nextOffset))));
      await room.queue.write(() => {
        if (room.groups.epoch(source) !== epoch) throw fenced(source);
        for (const message of messages) room.file.append(head, message);
        room.groups.commit(source, Number(nextOffset));
      });
    },
    close: () => Promise.resolve(),
  };
}

export function readEmbeddedCheckpoints(
  room: EmbeddedRoom,
  source: CheckpointSource,
): { snapshots: Map<string, Uint8Array>; nextOffset: bigint | undefined } {
  const prefix = statePrefix(source);
  const head = room.file.head(TOPICS.detectorState, source.partition);
  const snapshots = new Map<string, Uint8Array>();
  for (const { key, value } of room.file.read(head, 0, READ_ALL)) {
    if (key.startsWith(prefix) && value !== undefined) snapshots.set(key.slice(prefix.length), value);
  }
  const position = snapshots.get(POSITION_KEY);
  snapshots.delete(POSITION_KEY);
  return { snapshots, nextOffset: position === undefined ? undefined : BigInt(Buffer.from(position).toString()) };
}
