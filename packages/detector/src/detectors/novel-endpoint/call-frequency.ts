import { BelayError, type Json } from '@belay/protocol';

const CELLS = 256;
const SESSIONS_MAX = 60_000;
/** Most that a narrow cell holds. */
const NARROW_MAX = 255;

/**
 * In how many sessions each call was made, give or take: a count-min sketch of two rows (Cormode and Muthukrishnan, 2005) with conservative
 * update, half a kilobyte, a whole one from the 256th session with one call on. It never counts too few.
 */
export class CallFrequency {
  #cells: Uint8Array | Uint16Array = new Uint8Array(2 * CELLS);
  #sessions = 0;

  /** Share of the sessions so far that made the call. */
  share(call: number): number {
    return this.#sessions === 0 ? 0 : this.count(call) / this.#sessions;
  }

  addSession(): void {
    if (++this.#sessions < SESSIONS_MAX) return;
    this.#sessions >>= 1;
    this.#cells = this.#cells.map((count) => count >> 1);
  }

  /** Once per session and call. */
  add(call: number): void {
    const count = this.count(call) + 1;
    if (count > NARROW_MAX && this.#cells instanceof Uint8Array) this.#cells = Uint16Array.from(this.#cells);
    for (const at of cellsOf(call)) if ((this.#cells[at] ?? 0) < count) this.#cells[at] = count;
  }

  snapshot(): Json {
    return [this.#sessions, Buffer.from(this.#cells.buffer).toString('base64')];
  }

  /** @throws BelayError `corrupt` when the state is not one of its snapshots. */
  restore(state: Json): void {
    const [sessions, cells] = Array.isArray(state) ? state : [];
    const bytes = Uint8Array.from(Buffer.from(typeof cells === 'string' ? cells : '', 'base64'));
    if (typeof sessions !== 'number' || (bytes.length !== 2 * CELLS && bytes.length !== 4 * CELLS))
      throw new BelayError('corrupt', 'The frequencies of calls are not those of a snapshot.');
    this.#sessions = sessions;
    this.#cells = bytes.length === 2 * CELLS ? bytes : new Uint16Array(bytes.buffer);
  }

  /** Sessions that made the call; this one counts once it has made it. */
  count(call: number): number {
    const [first, second] = cellsOf(call);
    return Math.min(this.#cells[first] ?? 0, this.#cells[second] ?? 0);
  }
}

function cellsOf(call: number): readonly [number, number] {
  const mixed = Math.imul(call | 0, 0x9e3779b1);
  return [(mixed >>> 8) % CELLS, CELLS + ((mixed >>> 20) % CELLS)];
}
