/** Where a call stands among equal calls of its scope. */
export interface Attempt {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Span id of the try before, when that one failed. */
  readonly retryOf: string | undefined;
  /** Grows with each success: tries of one group share an idempotency key, a deliberate repetition does not. */
  readonly group: number;
}

interface Entry {
  attempt: number;
  retryOf: string | undefined;
  group: number;
}

const FIRST: Attempt = { attempt: 1, retryOf: undefined, group: 0 };

/** Counts tries per call digest, in bounded memory: the least recently used digest is forgotten first. */
export class AttemptLedger {
  readonly #entries = new Map<string, Entry>();
  readonly #max: number;

  constructor(max = 512) {
    this.#max = max;
  }

  next(digest: string | undefined): Attempt {
    const entry = digest === undefined ? undefined : this.#entries.get(digest);
    return entry === undefined ? FIRST : { attempt: entry.attempt + 1, retryOf: entry.retryOf, group: entry.group };
  }

  /** A success; of a read it only ends a row of failures: repeating a read needs no key of its own. */
  succeeded(digest: string | undefined, isRead = false): void {
    if (digest === undefined) return;
    if (isRead) this.#entries.delete(digest);
    else this.#set(digest, { attempt: 0, retryOf: undefined, group: (this.#entries.get(digest)?.group ?? 0) + 1 });
  }

  failed(digest: string | undefined, spanId: string): void {
    const before = digest === undefined ? undefined : this.#entries.get(digest);
    if (digest !== undefined) this.#set(digest, { attempt: (before?.attempt ?? 0) + 1, retryOf: spanId, group: before?.group ?? 0 });
  }

  #set(digest: string, entry: Entry): void {
    this.#entries.delete(digest);
    this.#entries.set(digest, entry);
    if (this.#entries.size <= this.#max) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
