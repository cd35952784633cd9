import type { DecisionEvent, InputRecord } from '@belay/protocol';

/** One thing a backtest is told, and how far through its source it is. */
export interface SourceItem {
  readonly record: DecisionEvent | InputRecord;
  /** In the unit of `RecordSource.total`. */
  readonly done: number;
  /** Learnt from, not reported on: it comes before what was asked for. */
  readonly isWarmUp?: boolean;
}

/** What a backtest runs over. */
export interface RecordSource {
  /** `history`, or the name of a file: shown, and kept with a recorded backtest. */
  readonly name: string;
  /** What `done` counts to: bytes of a file, µs of a window. */
  readonly total: number;
  items(): AsyncIterable<SourceItem>;
  close(): Promise<void>;
}
