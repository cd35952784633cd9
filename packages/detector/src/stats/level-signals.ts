import { DailyProfile } from './daily-profile.ts';
import { RecentValues } from './recent-values.ts';

const SHORT = 12;
const LONG = 96;
/** Values the level looks back on. */
const LEVEL_MEMORY = 1000;
/** Share of the newest value in the course that a jump leaves. */
const COURSE_SHARE = 0.3;
/** Below this share of the level, or of the usual distance from it, a difference is taken for rounding. */
const RESOLUTION = 1e-9;
/** Shares of the usual distance from the level under which a spread is as good as none. */
const SPREAD_FLOOR = 0.01;
const CALM_FLOOR = 0.1;

/** The ways in which a series can leave its habit, and the words for them. */
export const LEVEL_SIGNALS = [
  'above',
  'below',
  'jump',
  'short_above',
  'short_below',
  'long_above',
  'long_below',
  'short_spread',
  'calm',
  'hour_above',
  'hour_below',
] as const;

export type LevelSignal = (typeof LEVEL_SIGNALS)[number];

/** Sizes of the signals at one value; a signal that has nothing to compare yet is absent, one that points the other way is 0. */
export type SignalSizes = { [signal in LevelSignal]?: number };

/** Predictors of one series, and by how much the next value leaves each. All sizes move in proportion when the series is shifted or scaled. */
export class LevelSignals {
  readonly #recent = new RecentValues(LONG);
  readonly #day = new DailyProfile();
  #count = 0;
  /** Running mean: the level. */
  level = 0;
  /** Running mean of the distance from it. */
  distance = 0;
  #course = 0;

  /** Measures the value against what was before it, then takes it in. @param value finite, its size at most 1e100. */
  push(value: number, atUs: number | undefined): SignalSizes {
    if (this.#count === 0) {
      this.level = value;
      this.#course = value;
    }
    this.#recent.add(value);
    const sizes = this.#sizes(value, this.#day.push(value, atUs));
    this.#learn(value);
    return sizes;
  }

  #sizes(value: number, hour: number | undefined): SignalSizes {
    const sizes: SignalSizes = { jump: this.#size(Math.abs(value - this.#course)) };
    this.#sides(sizes, ['above', 'below'], value - this.level);
    const short = this.#recent.moments(SHORT);
    if (short !== undefined) {
      this.#sides(sizes, ['short_above', 'short_below'], short.mean - this.level);
      sizes.short_spread = this.#size(short.deviation + SPREAD_FLOOR * this.distance);
    }
    const long = this.#recent.moments(LONG);
    if (long !== undefined) {
      this.#sides(sizes, ['long_above', 'long_below'], long.mean - this.level);
      sizes.calm = this.#size(this.distance) / (long.deviation + CALM_FLOOR * this.distance);
    }
    if (hour !== undefined) this.#sides(sizes, ['hour_above', 'hour_below'], hour);
    return sizes;
  }

  #sides(sizes: SignalSizes, [above, below]: readonly [LevelSignal, LevelSignal], difference: number): void {
    const size = this.#size(Math.abs(difference));
    sizes[above] = difference > 0 ? size : 0;
    sizes[below] = difference < 0 ? size : 0;
  }

  /** A size, or 0 where it is no more than rounding. */
  #size(size: number): number {
    return size > RESOLUTION * Math.max(Math.abs(this.level), this.distance) ? size : 0;
  }

  #learn(value: number): void {
    this.#count++;
    const share = Math.max(1 / this.#count, 1 / LEVEL_MEMORY);
    const difference = value - this.level;
    this.level += share * difference;
    this.distance += share * (Math.abs(difference) - this.distance);
    this.#course += COURSE_SHARE * (value - this.#course);
  }

  /** About 150 numbers. */
  snapshot(): number[][] {
    return [[this.#count, this.level, this.distance, this.#course], this.#recent.snapshot(), this.#day.snapshot()];
  }

  restore([[count = 0, level = 0, distance = 0, course = 0] = [], recent = [], day = []]: readonly (readonly number[])[]): void {
    this.#count = count;
    this.level = level;
    this.distance = distance;
    this.#course = course;
    this.#recent.restore(recent);
    this.#day.restore(day);
  }
}
