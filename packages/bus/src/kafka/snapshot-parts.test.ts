import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import type { Snapshot } from '../bus.ts';
import { SnapshotAssembly, type SnapshotPart, SnapshotParts } from './snapshot-parts.ts';

const kafka = ({ value, headers }: SnapshotPart): KafkaMessage =>
  ({
    value: value === undefined ? null : Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text)])),
  }) as unknown as KafkaMessage;

const snapshot = fc.record({
  key: fc.constantFrom('acme/a', 'acme/b', '#partition'),
  value: fc.option(
    fc.record({ length: fc.nat(3_000_000), fill: fc.nat(255) }).map(({ length, fill }) => new Uint8Array(length).fill(fill)),
    { nil: undefined },
  ),
});
/** Each list by a writer of its own. */
const history = fc.array(fc.array(snapshot, { maxLength: 4 }), { maxLength: 3 });

function written(writers: readonly (readonly Snapshot[])[]): SnapshotPart[] {
  return writers.flatMap((snapshots) => {
    const parts = new SnapshotParts();
    return snapshots.flatMap((one) => parts.of(one));
  });
}

test('snapshots of any size, growing, shrinking and removed, by several writers, come back as they were, in messages that a broker takes', () => {
  fc.assert(
    fc.property(history, (writers) => {
      const messages = written(writers);
      expect(messages.every(({ value }) => (value?.length ?? 0) <= 800_000)).toBe(true);
      const assembly = new SnapshotAssembly();
      for (const message of messages) assembly.take(message.key, kafka(message));
      const expected = new Map<string, Uint8Array>();
      for (const { key, value } of writers.flat()) {
        if (value === undefined) expected.delete(key);
        else expected.set(key, value);
      }
      const found = assembly.snapshots();
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [key, value] of expected) expect(Buffer.compare(found.get(key) ?? new Uint8Array(), value)).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('a snapshot that shrinks removes the parts it no longer has', () => {
  const parts = new SnapshotParts();
  parts.of({ key: 'k', value: new Uint8Array(2_000_000) });
  const second = parts.of({ key: 'k', value: new Uint8Array(3) });
  expect(second.map(({ value }) => value?.length)).toEqual([3, undefined, undefined]);
  expect(parts.of({ key: 'k', value: new Uint8Array(3) })).toHaveLength(1);
});

test('one of which a part is missing comes without it', () => {
  const [head, , last] = new SnapshotParts().of({ key: 'k', value: new Uint8Array(1_700_000) });
  const assembly = new SnapshotAssembly();
  for (const message of [head, last]) if (message !== undefined) assembly.take(message.key, kafka(message));
  expect(assembly.snapshots().get('k')).toHaveLength(900_000);
});
