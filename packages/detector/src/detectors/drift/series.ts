/** How long a series learns: tasks it needs, and tasks after which its reference is frozen. */
export interface SeriesLimits {
  readonly needed: number;
  readonly most: number;
}

/** What a series looks like since its statistic left zero. On the scale of its values. */
export interface Departure {
  readonly direction: 'up' | 'down';
  readonly usual: number;
  readonly now: number;
  /** Tasks since it left zero. */
  readonly tasks: number;
  /** Tasks of the reference. */
  readonly known: number;
  /** What a rate is a share of. */
  readonly per?: 'task' | 'call';
}

/** A reference as numbers, to be kept and given back. */
export type Reference = readonly number[];

/** One measure of an agent's tasks with its reference and its test. `push` tests, `learn` moves the reference. */
export interface Series {
  readonly learned: number;
  readonly needed: number;
  readonly statistic: number;
  readonly threshold: number;
  /** Tasks between two false alarms, as the threshold is made for. */
  readonly runLength: number;
  push(value: number): void;
  /** Never for what was flagged. */
  learn(value: number): void;
  departure(): Departure;
  reference(): Reference;
  /** Starts from this reference; without one, from nothing. */
  begin(reference?: Reference): void;
  /** Takes what was learned since `begin` as the reference at once; of `former` what is not known yet. @param least tasks that say anything. */
  settle(former: Reference, options: { readonly least: number }): void;
  /** Forgets what the test has gathered. */
  rest(): void;
  snapshot(): number[][];
  restore(state: readonly (readonly number[])[]): void;
}
