import type { StatementSync } from 'node:sqlite';
import type { CheckpointSource } from '../bus.ts';
import type { LogFile } from './log-file.ts';

/** What groups have committed and who may write checkpoints. Writes belong inside `LogFile.transaction`. */
export interface GroupTable {
  committed(source: CheckpointSource): number | undefined;
  commit(source: CheckpointSource, nextOffset: number): void;
  epoch(source: CheckpointSource): number;
  /** Fences every older writer; returns the new epoch. */
  raiseEpoch(source: CheckpointSource): number;
}

export function createGroupTable(file: LogFile): GroupTable {
  const prepare = (sql: string): StatementSync => file.database.prepare(sql);
  const where = 'WHERE name = ? AND topic = ? AND partition = ?';
  const getOffset = prepare(`SELECT next_offset AS n FROM groups ${where}`);
  const setOffset = prepare('INSERT INTO groups VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset');
  const getEpoch = prepare(`SELECT epoch AS n FROM epochs ${where}`);
  const nextEpoch = prepare('INSERT INTO epochs VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1');
  const numberOf = (row: Record<string, unknown> | undefined): number | undefined => (row === undefined ? undefined : Number(row.n));
  const epoch = ({ group, topic, partition }: CheckpointSource): number => numberOf(getEpoch.get(group, topic, partition)) ?? 0;
  return {
    committed: ({ group, topic, partition }) => numberOf(getOffset.get(group, topic, partition)),
    commit: ({ group, topic, partition }, nextOffset) => void setOffset.run(group, topic, partition, nextOffset),
    epoch,
    raiseEpoch(source) {
      nextEpoch.run(source.group, source.topic, source.partition);
      return epoch(source);
    },
  };
}
