import { Moments } from '../../stats/moments.ts';
import { TwoSidedCusum } from '../../stats/two-sided-cusum.ts';
import type { Departure, Reference, Series, SeriesLimits } from './series.ts';

/** Half of the shift to be found, in standard deviations: one standard deviation, the textbook choice. */
const ALLOWANCE = 0.5;
const CAP = 3;
/** While the statistic is below this part of its limit, nothing is unusual: what came since may join the reference. */
const CALM = 0.25;

/** How a level is tested. */
interface LevelOptions {
  /** Standard deviations below this are not believed, in the unit of the values. */
  readonly leastDeviation: number;
  readonly threshold: number;
  readonly runLength: number;
  readonly limits: SeriesLimits;
}

/** One level of an agent per task (on a scale where it is roughly normal), its reference, and the test for a lasting rise or fall. */
export class LevelSeries implements Series {
  readonly #options: LevelOptions;
  readonly #reference = new Moments();
  /** What waits to join the reference; none when that has all it takes. */
  #pending: Moments | undefined;
  readonly #cusum = new TwoSidedCusum();
  #isSettled = false;

  constructor(options: LevelOptions) {
    this.#options = options;
  }

  get learned(): number {
    return this.#isSettled ? this.#options.limits.needed : Math.min(this.#reference.count, this.#options.limits.needed);
  }

  get needed(): number {
    return this.#options.limits.needed;
  }

  get statistic(): number {
    return this.#cusum.largest;
  }

  get threshold(): number {
    return this.#options.threshold;
  }

  get runLength(): number {
    return this.#options.runLength;
  }

  push(value: number): void {
    if (this.learned < this.needed) return;
    const { count, mean, deviation } = this.#reference;
    const z = (value - mean) / Math.max(deviation, this.#options.leastDeviation);
    // A mean of few tasks is uncertain by one over the root of their number: the allowance takes that in.
    this.#cusum.push(z, { allowance: ALLOWANCE + 1 / Math.sqrt(Math.max(1, count)), cap: CAP }, value);
  }

  learn(value: number): void {
    if (this.learned < this.needed) {
      this.#reference.add(value);
      return;
    }
    if (this.#reference.count >= this.#options.limits.most) return;
    this.#pending ??= new Moments();
    this.#pending.add(value);
    if (this.statistic <= CALM * this.threshold) this.#join();
  }

  departure(): Departure {
    const { count, mean } = this.#cusum.excursion;
    return {
      direction: this.#cusum.up >= this.#cusum.down ? 'up' : 'down',
      usual: this.#reference.mean,
      now: count === 0 ? this.#reference.mean : mean,
      tasks: count,
      known: this.#reference.count,
    };
  }

  reference(): Reference {
    return [...this.#reference.snapshot(), this.#isSettled ? 1 : 0];
  }

  begin(reference?: Reference): void {
    this.#reference.restore(reference ?? []);
    this.#isSettled = reference?.[3] === 1;
    this.#pending = undefined;
    this.rest();
  }

  settle(former: Reference, { least }: { readonly least: number }): void {
    const [count = 0, , squares = 0] = former;
    this.#join();
    if (this.#reference.count < least) {
      this.begin(former);
      return;
    }
    const missing = Math.max(0, this.needed - this.#reference.count);
    // The new level is known, its spread is not yet: what is missing of it is taken from before.
    if (count > 1) this.#reference.squares += (squares / (count - 1)) * missing * (this.#reference.count / this.needed);
    this.#isSettled = true;
  }

  rest(): void {
    this.#cusum.clear();
  }

  snapshot(): number[][] {
    return [[...this.reference()], this.#cusum.snapshot(), this.#pending?.snapshot() ?? []];
  }

  restore([reference = [], cusum = [], pending = []]: readonly (readonly number[])[]): void {
    this.begin(reference);
    this.#cusum.restore(cusum);
    if (pending.length === 0) return;
    this.#pending = new Moments();
    this.#pending.restore(pending);
  }

  #join(): void {
    if (this.#pending !== undefined) this.#reference.merge(this.#pending);
    this.#pending = undefined;
  }
}
