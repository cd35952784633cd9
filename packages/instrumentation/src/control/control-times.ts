/** How long each part of the link to control is waited for, ms. */
export interface ControlTimes {
  /** One request of the agent plane, from connecting to the last byte of the answer; for a long poll, beside its wait. Default 5,000. */
  readonly requestMs: number;
  /** The head and the first state of a stream; after it a proxy that buffers is assumed, and polling takes over. Default 3,000. */
  readonly firstStateMs: number;
  /** A stream without a word (pings come every 5 s) for this long is dead. Default 15,000. */
  readonly silenceMs: number;
  /** A refusal waits this long for the acknowledgement of its hold, counted from when the hold came. Default 300. */
  readonly ackFirstMs: number;
}

export const DEFAULT_CONTROL_TIMES: ControlTimes = { requestMs: 5000, firstStateMs: 3000, silenceMs: 15_000, ackFirstMs: 300 };
