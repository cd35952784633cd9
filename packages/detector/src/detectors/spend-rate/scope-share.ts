import type { DecisionEvent, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';

const DECISIONS = 16;
const COLUMNS = 3;
const SESSION = 0;
const RUN = 1;
const COST = 2;

/** Whether the last decisions belong to one session or run: stopping one session does not stop a burst that comes from many. */
export class ScopeShare {
  /** Session, run and cost of each, side by side; the oldest is overwritten. */
  #rows: number[] = [];
  /** Where the newest begins. */
  #newest = -COLUMNS;
  readonly #session = new LastFingerprint();
  readonly #run = new LastFingerprint();

  observe(event: DecisionEvent, cost: number): void {
    this.#newest += COLUMNS;
    if (this.#newest === COLUMNS * DECISIONS) this.#newest = 0;
    this.#rows[this.#newest + SESSION] = this.#session.of(event.sessionId);
    this.#rows[this.#newest + RUN] = this.#run.of(event.runId);
    this.#rows[this.#newest + COST] = cost;
  }

  /** The smallest scope that holds at least half of what the last decisions cost (`by` cost) or of their number. */
  scope(by: 'cost' | 'count'): 'session' | 'run' | 'agent' {
    if (this.#holdsHalf(SESSION, by)) return 'session';
    return this.#holdsHalf(RUN, by) ? 'run' : 'agent';
  }

  #holdsHalf(column: number, by: 'cost' | 'count'): boolean {
    const newest = this.#rows[this.#newest + column] ?? 0;
    if (newest === 0) return false;
    let total = 0;
    let share = 0;
    for (let at = 0; at < this.#rows.length; at += COLUMNS) {
      const weight = by === 'cost' ? (this.#rows[at + COST] ?? 0) : 1;
      total += weight;
      if (this.#rows[at + column] === newest) share += weight;
    }
    return 2 * share >= total;
  }

  /** Oldest first. */
  snapshot(): Json {
    const oldest = this.#newest + COLUMNS;
    return [...this.#rows.slice(oldest), ...this.#rows.slice(0, oldest)];
  }

  restore(rows: readonly number[]): void {
    this.#rows = [...rows];
    this.#newest = rows.length - COLUMNS;
  }
}

/** Ids come in rows: the last one is not hashed again. */
class LastFingerprint {
  #text: string | undefined;
  #value = 0;

  /** 0 for none. */
  of(text: string | undefined): number {
    if (text === undefined) return 0;
    if (text === this.#text) return this.#value;
    this.#text = text;
    this.#value = fingerprint(text);
    return this.#value;
  }
}
