import type { Json } from '@belay/protocol';

const MINUTE = 60;
/** As many minutes as the widest window and what is held back of it: what is younger is not yet usual. */
const HELD_BACK = 6;
/** Share by which the usual size follows each minute: a larger fleet is usual in about half an hour, when its sums are the habit's. */
const FOLLOW = 0.05;

/**
 * How many runs an agent usually has at work side by side. A fleet that reports under one agent id and grows is not a runaway of any
 * of its runs: limits on the agent as a whole grow with it.
 */
export class FleetSize {
  #minute = Number.MIN_SAFE_INTEGER;
  /** Largest number of each of the last minutes, newest last. */
  #recent: number[] = [];
  #usual = 0;

  /** Notes `size` at `second`. Minutes that are not part of the habit (up to `blockedSecond`) do not make a size usual either. */
  observe(size: number, second: number, blockedSecond: number): void {
    const minute = Math.floor(second / MINUTE);
    if (minute === this.#minute && this.#recent.length > 0) {
      this.#recent.push(Math.max(size, this.#recent.pop() ?? 0));
      return;
    }
    this.#minute = minute;
    this.#recent = [...this.#recent, size];
    if (this.#recent.length <= HELD_BACK) return;
    const oldest = this.#recent.shift() ?? 0;
    if ((minute - 2 * HELD_BACK) * MINUTE > blockedSecond) this.#usual += (this.#usual === 0 ? 1 : FOLLOW) * (oldest - this.#usual);
  }

  /** Whether `second` is in a minute of which nothing is known yet. */
  isDue(second: number): boolean {
    return Math.floor(second / MINUTE) !== this.#minute;
  }

  /**
   * How many times its usual size the fleet was in the last minutes, at least 1: a window holds what runs did that
   * have ended since. @param size runs at work now.
   */
  growth(size: number): number {
    return Math.max(1, Math.max(size, ...this.#recent) / Math.max(1, this.#usual));
  }

  snapshot(): Json {
    return [this.#minute, this.#usual, ...this.#recent];
  }

  restore([minute = Number.MIN_SAFE_INTEGER, usual = 0, ...recent]: readonly number[]): void {
    this.#minute = minute;
    this.#usual = usual;
    this.#recent = [...recent];
  }
}
