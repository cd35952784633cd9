import { TOPIC_SPECS } from '@belay/protocol';
import type { LogFile, PartitionHead } from './log-file.ts';
import { sqliteToBelayError } from './open-database.ts';
import { OFFSET_SPAN } from './schema.ts';

const DAY_MS = 86_400_000;
/** Rows per transaction: about 20 ms, so that a sweep never holds up a publisher for long. */
const CHUNK = 2_000;

/** Removes what is older than its topic keeps, and tombstones older than a day. */
export interface Retention {
  /** Removes at most one chunk per partition. @returns messages removed; call again while it is not 0. @throws BelayError `unavailable`, `corrupt`. */
  sweep(nowUs: number): number;
}

export function createRetention(file: LogFile): Retention {
  const { database } = file;
  const dropPrefix = database.prepare(
    `DELETE FROM messages WHERE id >= :low AND id < coalesce(
       (SELECT id FROM messages WHERE id >= :low AND id < :high AND timestamp_ms >= :before ORDER BY id LIMIT 1), :high) AND id < coalesce(
       (SELECT id FROM messages WHERE id >= :low AND id < :high ORDER BY id LIMIT 1 OFFSET :chunk), :high)`,
  );
  const dropTombstones = database.prepare(
    'DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE id >= :low AND id < :high AND value IS NULL AND timestamp_ms < :before LIMIT :chunk)',
  );
  const forget = database.prepare('DELETE FROM latest WHERE log = ? AND message NOT IN (SELECT id FROM messages WHERE id >= ? AND id < ?)');

  const sweepHead = (head: PartitionHead, before: number): number => {
    const range = { low: head.id * OFFSET_SPAN, high: head.id * OFFSET_SPAN + head.nextOffset, before, chunk: CHUNK };
    let removed = 0;
    file.transaction(() => {
      removed = Number((head.compacted ? dropTombstones : dropPrefix).run(range).changes);
      if (head.compacted && removed > 0) forget.run(head.id, range.low, range.high);
    });
    return removed;
  };
  const giveBack = (): void => {
    try {
      database.exec('PRAGMA incremental_vacuum(500)');
    } catch (error) {
      throw sqliteToBelayError(error, 'giving free pages back to the disk');
    }
  };
  return {
    sweep(nowUs) {
      let removed = 0;
      for (const { name, cleanup } of TOPIC_SPECS) {
        const keepMs = cleanup.kind === 'delete' ? cleanup.retentionMs : DAY_MS;
        for (const head of file.heads(name)) removed += sweepHead(head, Math.floor(nowUs / 1000) - keepMs);
      }
      if (removed > 0) giveBack();
      return removed;
    },
  };
}
