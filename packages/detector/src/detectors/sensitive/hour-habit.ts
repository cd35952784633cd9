import type { Json } from '@belay/protocol';

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;

/** In which hours of the day (UTC) something is done, learnt over days. */
export class HourHabit {
  /** One bit for each hour in which it was done. */
  #hours = 0;
  #days = 0;
  #lastDay = Number.MIN_SAFE_INTEGER;

  /** Days on which it was done. */
  get days(): number {
    return this.#days;
  }

  /** Done in this hour or one beside it before. */
  includes(atUs: number): boolean {
    const hour = hourOf(atUs);
    return [hour + 23, hour, hour + 1].some((one) => (this.#hours & (1 << (one % 24))) !== 0);
  }

  learn(atUs: number): void {
    this.#hours |= 1 << hourOf(atUs);
    const day = Math.floor(atUs / DAY_US);
    if (day <= this.#lastDay) return;
    this.#lastDay = day;
    this.#days++;
  }

  snapshot(): Json {
    return [this.#hours, this.#days, this.#lastDay];
  }

  restore(state: Json): void {
    const [hours, days, lastDay] = state as [number, number, number];
    this.#hours = hours;
    this.#days = days;
    this.#lastDay = lastDay;
  }
}

/** Hour of the day, UTC, 0–23. */
export const hourOf = (atUs: number): number => ((Math.floor(atUs / HOUR_US) % 24) + 24) % 24;
