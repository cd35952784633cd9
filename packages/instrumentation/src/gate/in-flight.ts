import type { ScopeIds } from './hold-scope.ts';

/** One action that has begun and has not settled yet. */
export interface InFlightAction extends ScopeIds {
  readonly seq: number;
  readonly timeoutMs: number;
  /** A read that its author allows while paused: a pause neither waits for it nor aborts it. */
  readonly passesPause?: boolean;
  /** Aborts the action with the given reason. */
  readonly abort: (reason: Error) => void;
}

/** The actions of this run that are under way. An action stays until its own promise settles, however long its caller has stopped waiting. */
export class InFlightSet {
  readonly #actions = new Set<InFlightAction>();
  /** Highest seq that ever began. */
  lastStartedSeq = 0;

  add(action: InFlightAction): void {
    this.#actions.add(action);
    if (action.seq > this.lastStartedSeq) this.lastStartedSeq = action.seq;
  }

  remove(action: InFlightAction): void {
    this.#actions.delete(action);
  }

  get size(): number {
    return this.#actions.size;
  }

  matching(covers: (action: InFlightAction) => boolean): InFlightAction[] {
    return this.#actions.size === 0 ? [] : [...this.#actions].filter(covers);
  }

  /** At most `max` sequence numbers, lowest first. */
  seqs(max: number): number[] {
    return [...this.#actions]
      .map((action) => action.seq)
      .sort((a, b) => a - b)
      .slice(0, max);
  }

  longestTimeoutMs(): number {
    return [...this.#actions].reduce((longest, action) => Math.max(longest, action.timeoutMs), 0);
  }
}
