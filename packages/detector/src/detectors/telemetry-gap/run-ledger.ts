import type { Json } from '@belay/protocol';

/** Numbers beyond the complete part that are remembered; beyond it a run is judged from further on. */
const AHEAD_MAX = 1_024;
/** Runs whose decisions come in order never need a set of their own; never written to. */
const NONE_AHEAD = new Set<number>();

/** What a run said about itself at one moment. */
interface Claim {
  readonly atUs: number;
  readonly lastSeq: number;
  readonly inFlight: readonly number[];
}

/** Numbers of one run that are missing. */
export interface Gap {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Highest number that the run said it had started. */
  readonly started: number;
}

/** Which decisions of one run have arrived, beside what the run says it has started. */
export class RunLedger {
  /** Every number up to here has arrived, was given up, or was before our time. */
  #through: number;
  #ahead = NONE_AHEAD;
  #claim: Claim | undefined;
  dropped = 0;

  /** @param through numbers up to here are not expected. */
  constructor(through: number) {
    this.#through = through;
  }

  arrived(seq: number): void {
    if (seq <= this.#through) return;
    if (seq === this.#through + 1 && this.#ahead.size === 0) {
      this.#through = seq;
      return;
    }
    if (this.#ahead === NONE_AHEAD) this.#ahead = new Set();
    this.#ahead.add(seq);
    while (this.#ahead.delete(this.#through + 1)) this.#through++;
    if (this.#ahead.size > AHEAD_MAX) this.#giveUp(Math.min(...this.#ahead) - 1);
  }

  /** Remembers what the run says; the claim before it is judged first, and stands until its grace is over. */
  claims(claim: Claim): void {
    this.#claim ??= claim;
  }

  /** What of the last claim is missing when its grace is over; each gap is told once. */
  missingAt(nowUs: number, graceUs: number): Gap | undefined {
    const claim = this.#claim;
    if (claim === undefined || nowUs - claim.atUs < graceUs) return undefined;
    this.#claim = undefined;
    const waited = new Set(claim.inFlight);
    const missing: number[] = [];
    let count = 0;
    for (let seq = this.#through + 1; seq <= claim.lastSeq && count < AHEAD_MAX; seq++) {
      if (this.#ahead.has(seq) || waited.has(seq)) continue;
      count++;
      missing.push(seq);
    }
    const [first] = missing;
    const last = missing.at(-1);
    if (first === undefined || last === undefined) return undefined;
    for (const seq of missing) this.arrived(seq);
    if (count === AHEAD_MAX) this.#giveUp(claim.lastSeq);
    return {
      first,
      last: count === AHEAD_MAX ? claim.lastSeq : last,
      count: count === AHEAD_MAX ? claim.lastSeq - first + 1 : count,
      started: claim.lastSeq,
    };
  }

  snapshot(): Json {
    const claim = this.#claim === undefined ? null : [this.#claim.atUs, this.#claim.lastSeq, [...this.#claim.inFlight]];
    return [this.#through, [...this.#ahead], claim, this.dropped];
  }

  restore(state: Json): void {
    const [through, ahead, claim, dropped] = state as [number, number[], [number, number, number[]] | null, number];
    this.#through = through;
    this.#ahead = ahead.length === 0 ? NONE_AHEAD : new Set(ahead);
    this.#claim = claim === null ? undefined : { atUs: claim[0], lastSeq: claim[1], inFlight: claim[2] };
    this.dropped = dropped;
  }

  #giveUp(through: number): void {
    this.#through = Math.max(this.#through, through);
    for (const seq of this.#ahead) if (seq <= this.#through) this.#ahead.delete(seq);
    while (this.#ahead.delete(this.#through + 1)) this.#through++;
  }
}
