const HOUR_US = 3_600_000_000;
const HOURS = 24;
/** Days of an hour that must be known before it is compared. */
const LEAST_DAYS = 3;
/** Share of the newest day in what an hour is expected to be: about a week is remembered. */
const NEWEST_SHARE = 0.25;

/** What an hour of the day usually brings (UTC). Says, when an hour is over, by how much its mean was off what that hour had been on days before. */
export class DailyProfile {
  readonly #means = new Float64Array(HOURS);
  readonly #days = new Float64Array(HOURS);
  #hour = -1;
  #sum = 0;
  #count = 0;

  /**
   * Takes in the next value of the series.
   * @param atUs its time in microseconds; without a finite one the value is left out.
   * @returns mean of the hour that has just ended less the mean expected for it; undefined while an hour goes on or is not known for three days.
   */
  push(value: number, atUs: number | undefined): number | undefined {
    if (atUs === undefined || !Number.isFinite(atUs)) return undefined;
    const hour = (((Math.floor(atUs / HOUR_US) % HOURS) + HOURS) % HOURS) as number;
    const surprise = hour === this.#hour ? undefined : this.#close(hour);
    this.#sum += value;
    this.#count++;
    return surprise;
  }

  #close(next: number): number | undefined {
    const { mean, days, hour } = { mean: this.#sum / this.#count, days: (this.#days[this.#hour] ?? 0) + 1, hour: this.#hour };
    this.#hour = next;
    this.#sum = 0;
    this.#count = 0;
    if (hour < 0) return undefined;
    const surprise = mean - (this.#means[hour] ?? 0);
    this.#days[hour] = Math.min(days, LEAST_DAYS + 1 / NEWEST_SHARE);
    this.#means[hour] = (this.#means[hour] ?? 0) + Math.max(1 / days, NEWEST_SHARE) * surprise;
    return days > LEAST_DAYS ? surprise : undefined;
  }

  /** [hour, sum, count, 24 × mean, 24 × days]. */
  snapshot(): number[] {
    return [this.#hour, this.#sum, this.#count, ...this.#means, ...this.#days];
  }

  restore([hour = -1, sum = 0, count = 0, ...hours]: readonly number[]): void {
    this.#hour = hour;
    this.#sum = sum;
    this.#count = count;
    for (let i = 0; i < HOURS; i++) {
      this.#means[i] = hours[i] ?? 0;
      this.#days[i] = hours[HOURS + i] ?? 0;
    }
  }
}
