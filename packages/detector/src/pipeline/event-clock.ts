/** Event time of one agent: never goes back, and never runs ahead of what the collector's clock allows. */
export class EventClock {
  readonly #toleranceUs: number;
  #atUs = Number.MIN_SAFE_INTEGER;

  constructor(toleranceUs: number) {
    this.#toleranceUs = toleranceUs;
  }

  get atUs(): number {
    return this.#atUs;
  }

  /** Moves to `endUs` (agent's clock). An agent that claims to be ahead of `receivedUs` by more than the tolerance is taken at `receivedUs`: its clock can neither open gaps nor freeze later events in the past. */
  advance(endUs: number, receivedUs: number): { atUs: number; isSkewed: boolean } {
    const isSkewed = endUs > receivedUs + this.#toleranceUs;
    const candidate = isSkewed ? receivedUs : endUs;
    if (candidate > this.#atUs) this.#atUs = candidate;
    return { atUs: this.#atUs, isSkewed };
  }

  restore(atUs: number): void {
    this.#atUs = atUs;
  }
}
