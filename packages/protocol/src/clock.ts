/** Source of time, passed in where pure code needs it. */
export interface Clock {
  /** Wall clock, integer microseconds since the Unix epoch. */
  nowUs(): number;
  /** Monotonic clock, integer microseconds from an arbitrary origin; MUST NOT go back. */
  monotonicUs(): number;
}

/** Source of randomness, passed in where pure code needs it. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** The machine's clocks. For wiring (`main.ts`) and adapters only. */
export const systemClock: Clock = {
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  monotonicUs: () => Math.round(performance.now() * 1000),
};

/** Non-cryptographic randomness of the runtime: jitter and sampling only. */
export const systemRandom: Random = { next: () => Math.random() };
