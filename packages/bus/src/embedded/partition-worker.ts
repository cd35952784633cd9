import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Batch, CheckpointSource, ConsumerHandler, ConsumerOptions, LogMessage, PartitionAssignment } from '../bus.ts';
import { FENCED_PAUSE_MS, failureOf, isFenced, revoke } from '../failure.ts';
import type { CommitQueue, Wakeups } from './commit-queue.ts';
import type { GroupTable } from './group-table.ts';
import type { LogFile, PartitionHead, ReadLimits } from './log-file.ts';
import type { Troubles } from './troubles.ts';

const LIMITS: ReadLimits = { messages: 500, bytes: 1_000_000 };

/** What consumers share of one embedded bus. */
export interface EmbeddedRoom {
  readonly file: LogFile;
  readonly queue: CommitQueue;
  readonly groups: GroupTable;
  readonly wakeups: Wakeups;
  readonly troubles: Troubles;
}

/** Delivers one partition to one handler: assign, batch after batch, revoke. */
export interface PartitionWorker {
  /** Finishes the batch in hand, then revokes. Idempotent. */
  stop(): Promise<void>;
}

class Worker implements PartitionWorker {
  readonly #room: EmbeddedRoom;
  readonly #handler: ConsumerHandler;
  readonly #source: CheckpointSource;
  readonly #manual: boolean;
  readonly #head: PartitionHead;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #offset: number;

  constructor(room: EmbeddedRoom, options: ConsumerOptions, head: PartitionHead, onFailure: (error: unknown) => void) {
    this.#room = room;
    this.#handler = options.handler;
    this.#manual = options.commit === 'manual';
    this.#head = head;
    this.#source = { group: options.group, topic: head.topic, partition: head.partition };
    this.#offset = this.#startOffset(options.startFrom);
    this.#done = this.#run().catch(onFailure);
  }

  /** A group's start is committed at once: "latest" must mean the same after a restart. */
  #startOffset(startFrom: 'earliest' | 'latest'): number {
    const committed = this.#room.groups.committed(this.#source);
    if (committed !== undefined) return committed;
    const start = startFrom === 'latest' ? this.#head.nextOffset : 0;
    if (!this.#manual) this.#commit(start);
    return start;
  }

  #commit(offset: number): void {
    this.#room.queue.writeLazily(() => this.#room.groups.commit(this.#source, offset));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const assignment = { topic: this.#head.topic, partition: this.#head.partition };
    await nextTurn();
    if (signal.aborted) return;
    const begin = this.#offset;
    while (!signal.aborted) {
      try {
        await this.#serve(assignment);
      } catch (error) {
        if (!isFenced(error)) throw error;
        this.#offset = begin;
      } finally {
        await revoke(this.#handler, assignment);
      }
      await sleep(FENCED_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** From onAssigned on, until it is stopped. */
  async #serve(assignment: PartitionAssignment): Promise<void> {
    const { signal } = this.#stopping;
    await this.#untilAccepted(async () => {
      const answer = await this.#handler.onAssigned?.(assignment);
      if (answer?.startAt !== undefined) this.#offset = Number(answer.startAt);
    });
    while (!signal.aborted) {
      await this.#room.wakeups.beyond(this.#head, this.#offset, signal);
      if (!signal.aborted) await this.#deliver();
    }
  }

  async #deliver(): Promise<void> {
    const messages = await this.#read();
    if (messages === undefined) return;
    const last = messages.at(-1);
    if (last === undefined) {
      this.#offset = this.#head.nextOffset;
      return;
    }
    if (!(await this.#untilAccepted(() => this.#handler.onBatch(this.#batch(messages))))) return;
    this.#offset = Number(last.offset) + 1;
    if (!this.#manual) this.#commit(this.#offset);
    if (this.#offset < this.#head.nextOffset) await nextTurn();
  }

  /** Reads on, again and again while the disk fails; undefined when stopped before it could. */
  async #read(): Promise<readonly LogMessage[] | undefined> {
    const { file, troubles } = this.#room;
    const what = `reading ${this.#head.topic}/${this.#head.partition} for ${this.#source.group}`;
    let messages: readonly LogMessage[] | undefined;
    await this.#untilAccepted(async () => {
      messages = troubles.during(what, () => file.read(this.#head, this.#offset, LIMITS));
    });
    return messages;
  }

  #batch(messages: readonly LogMessage[]): Batch {
    return { topic: this.#head.topic, partition: this.#head.partition, messages, highWatermark: BigInt(this.#head.nextOffset) };
  }

  /** Repeats `effect` while it rejects with a retryable error; false when stopped before it was accepted. */
  async #untilAccepted(effect: () => Promise<void>): Promise<boolean> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await effect();
        return true;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'stop') throw failure.error;
        await sleep(failure.afterMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#done;
  }
}

export const createPartitionWorker = (
  room: EmbeddedRoom,
  options: ConsumerOptions,
  head: PartitionHead,
  onFailure: (error: unknown) => void,
): PartitionWorker => new Worker(room, options, head, onFailure);
