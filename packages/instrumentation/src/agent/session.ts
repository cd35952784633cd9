/** One conversation. */
export interface SessionOptions {
  /** The application's id of the conversation; leave it out when there is none: it is never invented. */
  readonly id?: string;
  /** Session at the root of a tree of agents. Default: from W3C baggage, else the enclosing session's root, else this session. */
  readonly rootId?: string;
  /** Messages of people so far, where the host counts them itself. */
  readonly turn?: number;
  /** The conversation goes on in a later call with the same id: no end is recorded when the function returns. Default false. */
  readonly keepOpen?: boolean;
}

/** What is remembered of a conversation between two calls of `session` with its id. */
interface Remembered {
  turn: number | undefined;
}

/** Turn counters of conversations that are kept open; bounded: the least recently used is forgotten. */
export class SessionMemory {
  readonly #sessions = new Map<string, Remembered>();
  readonly #max: number;

  constructor(max = 1000) {
    this.#max = max;
  }

  turnOf(id: string | undefined): number | undefined {
    return id === undefined ? undefined : this.#sessions.get(id)?.turn;
  }

  keep(id: string, turn: number | undefined): void {
    this.#sessions.delete(id);
    this.#sessions.set(id, { turn });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#max && oldest !== undefined) this.#sessions.delete(oldest);
  }

  forget(id: string): void {
    this.#sessions.delete(id);
  }
}
