import { type Batch, bytesOfLine, type Line, type LogMessage, linesOf } from '@belay/bus';

/** What a line of the log is to the archive: a value to store, a malformed line with the reason, or nothing to store. */
export type ArchiveLine<V> = { readonly value: V } | { readonly malformed: string } | { readonly skipped: true };

/** Where a line came from, enough to dead-letter it. */
export interface Source {
  readonly message: LogMessage;
  readonly line: Line;
}

/** A value to store and where it came from. */
export interface Entry<V> extends Source {
  readonly value: V;
}

/** A line that is not stored, and why. */
export interface Rejected extends Source {
  readonly reason: string;
}

export interface ReadBatch<V> {
  readonly entries: readonly Entry<V>[];
  readonly malformed: readonly Rejected[];
  readonly skipped: number;
}

/** Every line of the batch, sorted into what to store and what not. Pure; `decode` MUST NOT throw. */
export function readBatch<V>(batch: Batch, decode: (text: string, message: LogMessage) => ArchiveLine<V>): ReadBatch<V> {
  const entries: Entry<V>[] = [];
  const malformed: Rejected[] = [];
  let skipped = 0;
  for (const message of batch.messages) {
    for (const line of linesOf(message)) {
      const decoded = decode(line.text, message);
      if ('value' in decoded) entries.push({ message, line, value: decoded.value });
      else if ('malformed' in decoded) malformed.push({ message, line, reason: decoded.malformed });
      else skipped += 1;
    }
  }
  return { entries, malformed, skipped };
}

/** The original bytes of a line. */
export const sourceBytes = ({ message, line }: Source): Uint8Array => bytesOfLine(message, line);
