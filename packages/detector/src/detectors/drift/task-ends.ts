import type { Json } from '@belay/protocol';

const TIMES_MAX = 24;
const IDS_MAX = 8;

/** When an agent's last tasks ended, and with which decisions: since when a change has been going on, and its evidence. */
export class TaskEnds {
  #ids: string[] = [];
  #times: number[] = [];

  add(decisionId: string, atUs: number): void {
    this.#times.push(atUs);
    if (this.#times.length > TIMES_MAX) this.#times.shift();
    if (this.#ids.at(-1) === decisionId) return;
    this.#ids.push(decisionId);
    if (this.#ids.length > IDS_MAX) this.#ids.shift();
  }

  /** Event time, µs, of the end of the first of the last `tasks`, as far as is remembered. */
  sinceUs(tasks: number): number {
    return this.#times.at(-Math.min(Math.max(1, tasks), this.#times.length)) ?? 0;
  }

  /** Decisions that ended the last `tasks`, newest last, at most 8. */
  ids(tasks: number): readonly string[] {
    return this.#ids.slice(-Math.max(1, tasks));
  }

  snapshot(): Json {
    return [this.#ids, this.#times];
  }

  restore(state: readonly (readonly unknown[])[]): void {
    this.#ids = (state[0] ?? []).map(String);
    this.#times = (state[1] ?? []).map(Number);
  }
}
