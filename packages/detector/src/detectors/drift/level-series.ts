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
  readonly #pending = new Moments();
  readonly #cusum = new TwoSidedCusum();
  /** What came since the statistic was last zero, for each side: the estimate of the new level. */
  readonly #rise = new Moments();
  readonly #fall = new Moments();
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
    this.#cusum.push(z, { allowance: ALLOWANCE + 1 / Math.sqrt(Math.max(1, count)), cap: CAP });
    track(this.#rise, this.#cusum.up, value);
    track(this.#fall, this.#cusum.down, value);
  }

  learn(value: number): void {
    if (this.learned < this.needed) {
      this.#reference.add(value);
      return;
    }
    if (this.#reference.count >= this.#options.limits.most) return;
    this.#pending.add(value);
    if (this.statistic > CALM * this.threshold) return;
    this.#reference.merge(this.#pending);
    this.#pending.clear();
  }

  departure(): Departure {
    const side = this.#cusum.up >= this.#cusum.down ? this.#rise : this.#fall;
    return {
      direction: this.#cusum.up >= this.#cusum.down ? 'up' : 'down',
      usual: this.#reference.mean,
      now: side.count === 0 ? this.#reference.mean : side.mean,
      tasks: side.count,
      known: this.#reference.count,
    };
  }

  reference(): Reference {
    return [...this.#reference.snapshot(), this.#isSettled ? 1 : 0];
  }

  begin(reference?: Reference): void {
    this.#reference.restore(reference ?? []);
    this.#isSettled = reference?.[3] === 1;
    this.#pending.clear();
    this.rest();
  }

  settle(former: Reference, { least }: { readonly least: number }): void {
    const [count = 0, , squares = 0] = former;
    this.#reference.merge(this.#pending);
    this.#pending.clear();
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
    this.#rise.clear();
    this.#fall.clear();
  }

  snapshot(): number[][] {
    const { up, down } = this.#cusum;
    return [[...this.reference()], this.#pending.snapshot(), [up, down], this.#rise.snapshot(), this.#fall.snapshot()];
  }

  restore([reference = [], pending = [], sums = [], rise = [], fall = []]: readonly (readonly number[])[]): void {
    this.begin(reference);
    this.#pending.restore(pending);
    [this.#cusum.up = 0, this.#cusum.down = 0] = sums;
    this.#rise.restore(rise);
    this.#fall.restore(fall);
  }
}

function track(side: Moments, sum: number, value: number): void {
  if (sum === 0) side.clear();
  else side.add(value);
}
