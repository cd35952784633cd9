import type { DecisionEvent, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';

const DECISIONS = 16;

/** Whether the last decisions belong to one session or run: stopping one session does not stop a burst that comes from many. */
export class ScopeShare {
  #rows: [session: number, run: number, cost: number][] = [];
  readonly #session = new LastFingerprint();
  readonly #run = new LastFingerprint();

  observe(event: DecisionEvent, cost: number): void {
    this.#rows.push([this.#session.of(event.sessionId), this.#run.of(event.runId), cost]);
    if (this.#rows.length > DECISIONS) this.#rows.shift();
  }

  /** The smallest scope that holds at least half of what the last decisions cost (`by` cost) or of their number. */
  scope(by: 'cost' | 'count'): 'session' | 'run' | 'agent' {
    const last = this.#rows.at(-1);
    if (last === undefined) return 'agent';
    const weight = (row: readonly number[]) => (by === 'cost' ? (row[2] ?? 0) : 1);
    const total = this.#rows.reduce((sum, row) => sum + weight(row), 0);
    const share = (column: 0 | 1) => this.#rows.reduce((sum, row) => sum + (row[column] === last[column] ? weight(row) : 0), 0);
    if (last[0] !== 0 && 2 * share(0) >= total) return 'session';
    return last[1] !== 0 && 2 * share(1) >= total ? 'run' : 'agent';
  }

  snapshot(): Json {
    return this.#rows;
  }

  restore(rows: readonly (readonly number[])[]): void {
    this.#rows = rows.map(([session = 0, run = 0, cost = 0]) => [session, run, cost]);
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
