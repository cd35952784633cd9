import { BelayError } from '@belay/protocol';
import type { LogFile, PartitionHead } from './log-file.ts';

/** One piece of work for the next transaction. */
interface Entry {
  readonly apply: () => void;
  readonly settle: (error: unknown) => void;
}

/**
 * Groups what arrives in one turn of the event loop into one transaction with one sync: many callers, one wait for the disk.
 * An entry that fails on its own account (a BelayError from `apply`) is settled with its error; its neighbours are written.
 */
export interface CommitQueue {
  /** Resolves when `apply` is durable. */
  write(apply: () => void): Promise<void>;
  /** `apply` goes with the next transaction, at the latest after `LAZY_MS`; for offsets, which a crash may lose. */
  writeLazily(apply: () => void): void;
  /** Called after each commit that changed something. */
  onCommit(listener: () => void): void;
  /** Writes what waits. */
  flush(): void;
}

const LAZY_MS = 20;

class GroupedCommits implements CommitQueue {
  readonly #file: LogFile;
  readonly #listeners: (() => void)[] = [];
  #entries: Entry[] = [];
  #lazy: (() => void)[] = [];
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: LogFile) {
    this.#file = file;
  }

  write(apply: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ apply, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  writeLazily(apply: () => void): void {
    this.#lazy.push(apply);
    this.#timer ??= setTimeout(() => this.flush(), LAZY_MS);
  }

  onCommit(listener: () => void): void {
    this.#listeners.push(listener);
  }

  flush(): void {
    this.#scheduled = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#entries.length === 0 && this.#lazy.length === 0) return;
    const entries = this.#entries;
    const lazy = this.#lazy;
    this.#entries = [];
    this.#lazy = [];
    const errors = this.#commit(entries, lazy);
    for (const listener of this.#listeners) listener();
    entries.forEach((entry, index) => {
      entry.settle(errors[index]);
    });
  }

  #commit(entries: readonly Entry[], lazy: readonly (() => void)[]): unknown[] {
    const errors: unknown[] = [];
    try {
      this.#file.transaction(() => {
        for (const apply of lazy) apply();
        entries.forEach((entry, index) => {
          errors[index] = ownErrorOf(entry);
        });
      });
      return errors;
    } catch (error) {
      for (const apply of lazy) this.writeLazily(apply);
      return entries.map(() => error);
    }
  }
}

function ownErrorOf(entry: Entry): BelayError | undefined {
  try {
    entry.apply();
    return undefined;
  } catch (error) {
    if (error instanceof BelayError && !error.retryable) return error;
    throw error;
  }
}

export const createCommitQueue = (file: LogFile): CommitQueue => new GroupedCommits(file);

/** Lets readers of a partition sleep until something was appended to it. */
export interface Wakeups {
  /** Resolves after the next commit that moved `head` beyond `offset`; at once when it already is. */
  beyond(head: PartitionHead, offset: number, signal: AbortSignal): Promise<void>;
}

export function createWakeups(queue: CommitQueue): Wakeups {
  const sleepers = new Set<{ readonly head: PartitionHead; readonly offset: number; readonly wake: () => void }>();
  queue.onCommit(() => {
    for (const sleeper of sleepers) if (sleeper.head.nextOffset > sleeper.offset) sleeper.wake();
  });
  return {
    beyond(head, offset, signal) {
      if (head.nextOffset > offset || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { head, offset, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake);
      });
    },
  };
}
