import type { ControlListener, StopRecord } from '../control/stop-record.ts';

const MAX_KEPT = 100;

/** The last changes of holds, and who wants to hear of them. */
export class StopLog {
  readonly #records: StopRecord[] = [];
  readonly #listeners = new Set<ControlListener>();

  /** A listener that throws harms nobody. */
  record(record: StopRecord): void {
    if (this.#records.length >= MAX_KEPT) this.#records.shift();
    this.#records.push(record);
    for (const listener of this.#listeners) {
      try {
        listener(record);
      } catch {
        // a host's listener may not break the gate
      }
    }
  }

  recent(): readonly StopRecord[] {
    return [...this.#records];
  }

  subscribe(listener: ControlListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
