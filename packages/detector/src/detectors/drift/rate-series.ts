import { BernoulliCusum } from '../../stats/bernoulli-cusum.ts';
import { bernoulliCusumThreshold } from '../../stats/cusum-threshold.ts';
import type { Departure, Reference, Series, SeriesLimits } from './series.ts';

/** Standard errors above the estimate that count as usual still. */
const MARGIN = 2;
/** No rate is known to be lower than this. */
const LEAST_RATE = 0.02;
const MOST_RATE = 0.9;
/** The rise to be found: odds times four, and at least this much more. */
const ODDS_FACTOR = 4;
const LEAST_RISE = 0.15;
/** Up to this share of tasks with the event, a task counts as one observation; above it, its share of calls counts: "any" would be always. */
const RARE = 0.3;
const CALM = 0.25;

interface RateOptions {
  /** Tasks between false alarms, at the upper limit of the usual rate. */
  readonly runLength: number;
  readonly limits: SeriesLimits;
}

/** How often something happens to an agent's tasks, its reference, and the test for a lasting rise. Values: share of calls, 0–1. */
export class RateSeries implements Series {
  readonly #options: RateOptions;
  readonly #cusum = new BernoulliCusum();
  /** Tasks, tasks with the event, sum of shares: of the reference, what waits to join it, and since the statistic left zero. */
  #reference: Tally = [0, 0, 0];
  #pending: Tally = [0, 0, 0];
  #since: Tally = [0, 0, 0];
  #isSettled = false;
  #test: { readonly p0: number; readonly p1: number; readonly threshold: number } | undefined;

  /** @param tasks tasks in which it never happened, before it first did. */
  constructor(options: RateOptions, tasks = 0) {
    this.#options = options;
    this.#reference = [Math.min(tasks, options.limits.most), 0, 0];
  }

  get learned(): number {
    return this.#isSettled ? this.needed : Math.min(this.#reference[0], this.needed);
  }

  get needed(): number {
    return this.#options.limits.needed;
  }

  get statistic(): number {
    return this.#cusum.value;
  }

  get threshold(): number {
    return this.#tested().threshold;
  }

  push(share: number): void {
    if (this.learned < this.needed) return;
    const { p0, p1 } = this.#tested();
    this.#cusum.push(this.#isRare ? Math.ceil(share) : share, p0, p1);
    this.#since = this.#cusum.value === 0 ? [0, 0, 0] : plus(this.#since, share);
  }

  learn(share: number): void {
    if (this.learned < this.needed) {
      this.#reference = plus(this.#reference, share);
      this.#test = undefined;
    } else if (this.#reference[0] < this.#options.limits.most) {
      this.#pending = plus(this.#pending, share);
      if (this.statistic <= CALM * this.threshold) this.#join();
    }
  }

  departure(): Departure {
    const [usual, now] = [this.#rateOf(this.#reference), this.#rateOf(this.#since)];
    return { direction: 'up', usual, now, tasks: this.#since[0], per: this.#isRare ? 'task' : 'call' };
  }

  reference(): Reference {
    return [...this.#reference, this.#isSettled ? 1 : 0];
  }

  begin(reference?: Reference): void {
    const [tasks = 0, hits = 0, shares = 0, settled = 0] = reference ?? [];
    this.#reference = [tasks, hits, shares];
    this.#isSettled = settled === 1;
    this.#pending = [0, 0, 0];
    this.#test = undefined;
    this.rest();
  }

  settle(former: Reference, { least }: { readonly least: number }): void {
    this.#join();
    if (this.#reference[0] < least) this.begin(former);
    else this.#isSettled = true;
    this.#test = undefined;
  }

  rest(): void {
    this.#cusum.clear();
    this.#since = [0, 0, 0];
  }

  snapshot(): number[][] {
    return [[...this.reference()], this.#pending, this.#since, [this.#cusum.value]];
  }

  restore([reference = [], pending = [], since = [], [value = 0] = []]: readonly (readonly number[])[]): void {
    this.begin(reference);
    this.#pending = tallyOf(pending);
    this.#since = tallyOf(since);
    this.#cusum.value = value;
  }

  get #isRare(): boolean {
    const [tasks, hits] = this.#reference;
    return hits <= RARE * tasks;
  }

  /** Share of tasks while that is rare, else share of calls. */
  #rateOf([tasks, hits, shares]: Tally): number {
    return tasks === 0 ? 0 : (this.#isRare ? hits : shares) / tasks;
  }

  #join(): void {
    const [tasks, hits, shares] = this.#pending;
    this.#reference = [this.#reference[0] + tasks, this.#reference[1] + hits, this.#reference[2] + shares];
    this.#pending = [0, 0, 0];
    this.#test = undefined;
  }

  #tested(): { readonly p0: number; readonly p1: number; readonly threshold: number } {
    if (this.#test !== undefined) return this.#test;
    const rate = this.#rateOf(this.#reference);
    const error = Math.sqrt((rate * (1 - rate)) / Math.max(1, this.#reference[0]));
    const p0 = Math.min(MOST_RATE, Math.max(LEAST_RATE, rate + MARGIN * error));
    const odds = (ODDS_FACTOR * p0) / (1 - p0);
    const p1 = Math.max(odds / (1 + odds), Math.min(p0 + LEAST_RISE, (1 + p0) / 2));
    this.#test = { p0, p1, threshold: bernoulliCusumThreshold(this.#options.runLength, p0, p1) };
    return this.#test;
  }
}

/** Tasks, tasks with the event, sum of shares. */
type Tally = [tasks: number, hits: number, shares: number];

const plus = ([tasks, hits, shares]: Tally, share: number): Tally => [tasks + 1, hits + (share > 0 ? 1 : 0), shares + share];

const tallyOf = ([tasks = 0, hits = 0, shares = 0]: readonly number[]): Tally => [tasks, hits, shares];
