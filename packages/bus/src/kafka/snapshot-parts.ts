import type { KafkaMessage } from 'kafkajs';
import type { Snapshot } from '../bus.ts';

/** A broker takes messages of 1,048,588 bytes by default, key and frame included. */
const PART_BYTES = 800_000;
/** On the first part of a snapshot that has several: how many. */
const PARTS_HEADER = 'belay-parts';
/** Begins the keys of further parts, after the prefix of the source: reserved like all that begins with U+0000. */
const PART_KEY = '\u0000part ';

const partKey = (part: number, key: string): string => `${PART_KEY}${part} ${key}`;

/** A message of one snapshot, its key without the prefix of the source. */
export interface SnapshotPart extends Snapshot {
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Snapshots as messages that every broker takes: one that is too long goes in parts, the first under the snapshot's own key. All are to be written in one
 * transaction.
 */
export class SnapshotParts {
  /** Parts on the log of those that were long when they were written last; what was written by an earlier writer is not known and stays. */
  readonly #parts = new Map<string, number>();

  /** @returns the messages; parts that a snapshot no longer has are removed by the way. */
  of({ key, value }: Snapshot): SnapshotPart[] {
    const count = Math.max(1, Math.ceil((value?.length ?? 0) / PART_BYTES));
    const before = this.#parts.get(key) ?? 1;
    if (count > 1) this.#parts.set(key, count);
    else if (before > 1) this.#parts.delete(key);
    if (count === 1 && before === 1) return [{ key, value }];
    return Array.from({ length: Math.max(count, before) }, (_, part): SnapshotPart => {
      const bytes = part < count ? value?.subarray(part * PART_BYTES, (part + 1) * PART_BYTES) : undefined;
      if (part > 0) return { key: partKey(part, key), value: bytes };
      return count > 1 ? { key, value: bytes, headers: { [PARTS_HEADER]: String(count) } } : { key, value: bytes };
    });
  }
}

/** Puts together what {@link SnapshotParts} took apart: each key's newest snapshot among the messages of a log, given in their order. */
export class SnapshotAssembly {
  readonly #values = new Map<string, Uint8Array>();
  /** Further parts: they may remain on the log though their snapshot no longer has them. */
  readonly #parts = new Map<string, Uint8Array>();
  readonly #counts = new Map<string, number>();

  /** @param key without the prefix of the source. */
  take(key: string, { value, headers }: KafkaMessage): void {
    const values = key.startsWith(PART_KEY) ? this.#parts : this.#values;
    this.#counts.delete(key);
    if (value === null) {
      values.delete(key);
      return;
    }
    values.set(key, new Uint8Array(value));
    const count = Number(headers?.[PARTS_HEADER] ?? 1);
    if (count > 1) this.#counts.set(key, count);
  }

  /** A snapshot of which a part is missing comes without it: its reader finds it damaged. */
  snapshots(): Map<string, Uint8Array> {
    for (const [key, count] of this.#counts) {
      const parts = Array.from({ length: count - 1 }, (_, i) => this.#parts.get(partKey(i + 1, key)) ?? new Uint8Array());
      this.#values.set(key, new Uint8Array(Buffer.concat([this.#values.get(key) ?? new Uint8Array(), ...parts])));
    }
    this.#counts.clear();
    return this.#values;
  }
}
