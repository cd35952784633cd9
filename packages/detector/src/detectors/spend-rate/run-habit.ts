import type { Json } from '@belay/protocol';

/** Ended runs that are remembered. */
const RUNS = 64;

/**
 * What the last ended runs of one kind came to: exact quantiles of 64 totals in 1 kB. A sketch pays from some hundred values on;
 * a run is not that frequent, and old ones should be forgotten anyway.
 */
export class RunHabit {
  #spent: number[] = [];
  #calls: number[] = [];

  get runs(): number {
    return this.#calls.length;
  }

  add(spent: number, calls: number): void {
    this.#spent.push(spent);
    this.#calls.push(calls);
    if (this.#calls.length <= RUNS) return;
    this.#spent.shift();
    this.#calls.shift();
  }

  /** Nano-USD, by the nearest rank; 0 when no run has ended. @param q 0–1. */
  spent(q: number): number {
    return quantile(this.#spent, q);
  }

  /** Decisions, by the nearest rank; 0 when no run has ended. @param q 0–1. */
  calls(q: number): number {
    return quantile(this.#calls, q);
  }

  snapshot(): Json {
    return [[...this.#spent], [...this.#calls]];
  }

  restore([spent = [], calls = []]: readonly (readonly number[])[]): void {
    this.#spent = [...spent];
    this.#calls = [...calls];
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * (sorted.length - 1)))] ?? 0;
}
