/** Count, mean and spread of a series in three numbers, exact in one pass (Welford 1962) and mergeable (Chan, Golub and LeVeque 1979). */
export class Moments {
  count = 0;
  mean = 0;
  /** Sum of squared distances from the mean. */
  squares = 0;

  add(value: number): void {
    this.count++;
    const distance = value - this.mean;
    this.mean += distance / this.count;
    this.squares += distance * (value - this.mean);
  }

  /** As if every value of `other` had been added. */
  merge(other: Moments): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const distance = other.mean - this.mean;
    this.squares += other.squares + (distance * distance * this.count * other.count) / count;
    this.mean += (distance * other.count) / count;
    this.count = count;
  }

  /** Standard deviation of the sample; 0 below two values. */
  get deviation(): number {
    return this.count < 2 ? 0 : Math.sqrt(this.squares / (this.count - 1));
  }

  /** [count, mean, squares]. */
  snapshot(): number[] {
    return [this.count, this.mean, this.squares];
  }

  restore([count = 0, mean = 0, squares = 0]: readonly number[]): void {
    this.count = count;
    this.mean = mean;
    this.squares = squares;
  }
}
