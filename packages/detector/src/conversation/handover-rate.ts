import type { Json } from '@belay/protocol';

const SECOND_US = 1_000_000;
const WINDOW_SECONDS = 60;

/** Hand-overs of a tree within the last minute, to the second, however many they are. */
export class HandoverRate {
  #seconds: [second: number, count: number][] = [];
  /** Most within one minute so far. */
  peak = 0;

  /** One more at `atUs`, which never goes back. */
  count(atUs: number): void {
    const second = Math.floor(atUs / SECOND_US);
    const newest = this.#seconds.at(-1);
    if (newest?.[0] === second) newest[1]++;
    else this.#seconds = [...this.#seconds.filter(([one]) => one > second - WINDOW_SECONDS), [second, 1]];
    this.peak = Math.max(this.peak, this.perMinute);
  }

  get perMinute(): number {
    return this.#seconds.reduce((sum, [, count]) => sum + count, 0);
  }

  snapshot(): Json {
    return [this.peak, this.#seconds.map(([second, count]) => [second, count])];
  }

  restore(state: Json): void {
    const [peak, seconds] = state as unknown as [number, [number, number][]];
    this.peak = peak;
    this.#seconds = seconds;
  }
}
