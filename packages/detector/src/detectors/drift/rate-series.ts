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
/** Calls of a task that count as observations of their own, at most: those of one task are alike. */
const MOST_WEIGHT = 5;
/** So many tasks are needed at least: a task of one call that fails is no drift. */
const LEAST_TASKS = 5;

interface RateOptions {
  /** Tasks between false alarms, at the upper limit of the usual rate. */
  readonly runLength: number;
  /** The same while the reference has none at all. */
  readonly cleanRunLength: number;
  readonly limits: SeriesLimits;
}

/** How often something happens to an agent's tasks, its reference, and the test for a lasting rise. Values: share of calls, 0–1. */
export class RateSeries implements Series {
  readonly #options: RateOptions;
  readonly #cusum = new BernoulliCusum();
  /** Of the reference, of what waits to join it, and since the statistic left zero. */
  #reference: Tally = [0, 0, 0, 0];
  #pending: Tally = [0, 0, 0, 0];
  #since: Tally = [0, 0, 0, 0];
  #isSettled = false;
  #test: RateTest | undefined;

  /** @param tasks tasks in which it never happened, before it first did. */
  constructor(options: RateOptions, tasks = 0) {
    this.#options = options;
    this.#reference = [Math.min(tasks, options.limits.most), 0, 0, 0];
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

  get runLength(): number {
    return this.#reference[1] === 0 ? this.#options.cleanRunLength : this.#options.runLength;
  }

  push(share: number): void {
    if (this.learned < this.needed) return;
    this.#cusum.push(this.#isRare ? Math.ceil(share) : share, this.#tested());
    this.#since = this.#cusum.value === 0 ? [0, 0, 0, 0] : plus(this.#since, share);
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
    return { direction: 'up', usual, now, tasks: this.#since[0], known: this.#reference[0], per: this.#isRare ? 'task' : 'call' };
  }

  reference(): Reference {
    return [...this.#reference, this.#isSettled ? 1 : 0];
  }

  begin(reference?: Reference): void {
    const [tasks = 0, hits = 0, shares = 0, squares = 0, settled = 0] = reference ?? [];
    this.#reference = [tasks, hits, shares, squares];
    this.#isSettled = settled === 1;
    this.#pending = [0, 0, 0, 0];
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
    this.#since = [0, 0, 0, 0];
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
    const [tasks, hits, shares, squares] = this.#pending;
    const [a, b, c, d] = this.#reference;
    this.#reference = [a + tasks, b + hits, c + shares, d + squares];
    this.#pending = [0, 0, 0, 0];
    this.#test = undefined;
  }

  #tested(): RateTest {
    if (this.#test !== undefined) return this.#test;
    const tasks = Math.max(1, this.#reference[0]);
    const rate = this.#rateOf(this.#reference);
    const variance = this.#isRare ? rate * (1 - rate) : varianceOf(this.#reference);
    const p0 = Math.min(MOST_RATE, Math.max(LEAST_RATE, rate + MARGIN * Math.sqrt(variance / tasks)));
    const odds = (ODDS_FACTOR * p0) / (1 - p0);
    const p1 = Math.max(odds / (1 + odds), Math.min(p0 + LEAST_RISE, (1 + p0) / 2));
    // A share of many calls varies less than a yes or no, and says more: as many times more as its variance, at its upper limit, is smaller.
    const weight = this.#isRare ? 1 : Math.max(1, Math.min(MOST_WEIGHT, (p0 * (1 - p0)) / variance));
    const threshold = bernoulliCusumThreshold(this.runLength, p0, p1);
    const cap = this.#isRare ? threshold : threshold / LEAST_TASKS;
    this.#test = { p0, p1, weight, cap, threshold };
    return this.#test;
  }
}

interface RateTest {
  readonly p0: number;
  readonly p1: number;
  readonly weight: number;
  readonly cap: number;
  readonly threshold: number;
}

type Tally = [tasks: number, hits: number, shares: number, squares: number];

const plus = ([tasks, hits, shares, squares]: Tally, share: number): Tally => [
  tasks + 1,
  hits + (share > 0 ? 1 : 0),
  shares + share,
  squares + share * share,
];

const tallyOf = ([tasks = 0, hits = 0, shares = 0, squares = 0]: readonly number[]): Tally => [tasks, hits, shares, squares];

/** Of shares, two standard errors above its estimate: it is known from a few dozen tasks. */
function varianceOf([tasks, , shares, squares]: Tally): number {
  const mean = shares / Math.max(1, tasks);
  const variance = Math.max(0, squares / Math.max(1, tasks) - mean * mean);
  return Math.max(1e-6, variance * (1 + MARGIN * Math.sqrt(2 / Math.max(1, tasks))));
}
