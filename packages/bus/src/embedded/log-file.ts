import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BelayError, TOPIC_SPECS, type Topic } from '@belay/protocol';
import type { LogMessage, OutgoingMessage } from '../bus.ts';
import { openDatabase, sqliteToBelayError } from './open-database.ts';
import { LOGS_MAX, OFFSET_SPAN } from './schema.ts';

const PARTITIONS_DEFAULT = 4;

/** One partition of one topic, with the offset its next message gets. */
export interface PartitionHead {
  readonly id: number;
  readonly topic: Topic;
  readonly partition: number;
  readonly compacted: boolean;
  nextOffset: number;
}

export interface ReadLimits {
  readonly messages: number;
  readonly bytes: number;
}

interface MessageRow {
  id: number;
  key: string;
  value: Uint8Array | null;
  headers: string | null;
  timestamp_ms: number;
}

const rowToMessage = (head: PartitionHead, row: MessageRow): LogMessage => ({
  topic: head.topic,
  partition: head.partition,
  offset: BigInt(row.id - head.id * OFFSET_SPAN),
  key: row.key,
  value: row.value ?? undefined,
  headers: row.headers === null ? {} : JSON.parse(row.headers),
  timestampUs: row.timestamp_ms * 1000,
});

const encodeHeaders = (headers: Readonly<Record<string, string>> | undefined): string | null =>
  headers === undefined || Object.keys(headers).length === 0 ? null : JSON.stringify(headers);

/** How many partitions each topic of this file has: what it was created with. */
function settlePartitions(database: DatabaseSync, asked: number | undefined): number {
  const row = database.prepare("SELECT value FROM settings WHERE name = 'partitions'").get();
  if (row === undefined) {
    const count = asked ?? PARTITIONS_DEFAULT;
    database.prepare("INSERT INTO settings VALUES ('partitions', ?)").run(String(count));
    return count;
  }
  const stored = Number(row.value);
  if (asked === undefined || asked === stored) return stored;
  throw new BelayError(
    'bad_configuration',
    `The log file has ${stored} partitions, ${asked} were asked for. Keys would move: keep ${stored}, or start with a new file.`,
  );
}

/** The file of the embedded log. Writes happen inside `transaction` only; nothing here waits or notifies. */
export class LogFile {
  readonly database: DatabaseSync;
  readonly partitionCount: number;
  readonly #heads = new Map<Topic, PartitionHead[]>();
  readonly #dirty = new Set<PartitionHead>();
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #saveHead: StatementSync;
  readonly #dropOlder: StatementSync;
  readonly #setLatest: StatementSync;
  readonly #first: StatementSync;

  constructor(path: string, options: { partitions?: number | undefined } = {}) {
    this.database = openDatabase(path);
    try {
      this.partitionCount = settlePartitions(this.database, options.partitions);
    } catch (error) {
      this.database.close();
      throw error;
    }
    const prepare = (sql: string): StatementSync => this.database.prepare(sql);
    this.#insert = prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?)');
    this.#select = prepare('SELECT id, key, value, headers, timestamp_ms FROM messages WHERE id >= ? AND id < ? ORDER BY id LIMIT ?');
    this.#saveHead = prepare('UPDATE logs SET next_offset = ? WHERE id = ?');
    this.#dropOlder = prepare('DELETE FROM messages WHERE id = (SELECT message FROM latest WHERE log = ? AND key = ?)');
    this.#setLatest = prepare('INSERT INTO latest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET message = excluded.message');
    this.#first = prepare('SELECT id FROM messages WHERE id >= ? AND id < ? ORDER BY id LIMIT 1');
    this.#loadHeads();
  }

  #loadHeads(): void {
    const add = this.database.prepare('INSERT OR IGNORE INTO logs (topic, partition, next_offset) VALUES (?, ?, 0)');
    const get = this.database.prepare('SELECT id, next_offset FROM logs WHERE topic = ? AND partition = ?');
    for (const { name, cleanup } of TOPIC_SPECS) {
      const heads = Array.from({ length: this.partitionCount }, (_, partition): PartitionHead => {
        add.run(name, partition);
        const row = get.get(name, partition);
        return {
          id: Number(row?.id),
          topic: name,
          partition,
          compacted: cleanup.kind === 'compact',
          nextOffset: Number(row?.next_offset),
        };
      });
      if (heads.some((head) => head.id > LOGS_MAX))
        throw new BelayError('bad_configuration', `The log file holds at most ${LOGS_MAX} partitions in all.`);
      this.#heads.set(name, heads);
    }
  }

  heads(topic: Topic): readonly PartitionHead[] {
    return this.#heads.get(topic) ?? [];
  }

  /** @throws BelayError `bad_request` for a partition that does not exist. */
  head(topic: Topic, partition: number): PartitionHead {
    const head = this.#heads.get(topic)?.[partition];
    if (head === undefined)
      throw new BelayError('bad_request', `Partition ${partition} of ${topic} does not exist: there are ${this.partitionCount}.`);
    return head;
  }

  /** Runs `work` in one transaction with a full sync; on failure nothing of it is kept. @throws BelayError `unavailable`, `corrupt`. */
  transaction(work: () => void): void {
    const before = [...this.#heads.values()].flat().map((head) => [head, head.nextOffset] as const);
    try {
      this.database.exec('BEGIN IMMEDIATE');
      work();
      for (const head of this.#dirty) this.#saveHead.run(head.nextOffset, head.id);
      this.database.exec('COMMIT');
    } catch (error) {
      for (const [head, nextOffset] of before) head.nextOffset = nextOffset;
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error instanceof BelayError ? error : sqliteToBelayError(error, 'writing messages');
    } finally {
      this.#dirty.clear();
    }
  }

  /** Inside `transaction`. On a compacted topic the older message of the key goes. */
  append(head: PartitionHead, message: OutgoingMessage): void {
    const id = head.id * OFFSET_SPAN + head.nextOffset;
    this.#insert.run(id, message.key, message.value ?? null, encodeHeaders(message.headers), Math.floor(message.timestampUs / 1000));
    if (head.compacted) {
      this.#dropOlder.run(head.id, message.key);
      this.#setLatest.run(head.id, message.key, id);
    }
    head.nextOffset += 1;
    this.#dirty.add(head);
  }

  /** Messages from `offset` on, at least one when there is one, within the limits. */
  read(head: PartitionHead, offset: number, limits: ReadLimits): LogMessage[] {
    const messages: LogMessage[] = [];
    let bytes = 0;
    const base = head.id * OFFSET_SPAN;
    try {
      for (const row of this.#select.iterate(base + offset, base + head.nextOffset, limits.messages)) {
        const message = rowToMessage(head, row as unknown as MessageRow);
        bytes += message.value?.length ?? 0;
        if (messages.length > 0 && bytes > limits.bytes) break;
        messages.push(message);
      }
    } catch (error) {
      throw sqliteToBelayError(error, `reading ${head.topic}/${head.partition}`);
    }
    return messages;
  }

  /** Offset of the oldest message kept; the next offset when there is none. */
  firstOffset(head: PartitionHead): number {
    const base = head.id * OFFSET_SPAN;
    const row = this.#first.get(base, base + OFFSET_SPAN);
    return row === undefined ? head.nextOffset : Number(row.id) - base;
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}
