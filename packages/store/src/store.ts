import type { Anomaly, ControlEvent, DecisionEvent } from '@belay/protocol';
import type { StoreQueries } from './queries.ts';
import type { Reading } from './rows/score-row.ts';

/** Writes history. One call is one insert: it is stored whole or not at all, and repeating it is safe for readers of the views. */
export interface StoreWriter {
  /**
   * @throws BelayError `unavailable` (retryable): nothing or everything may have been stored, call again with the same rows;
   *   `bad_request` (permanent): the engine refuses the content of at least one row and stored none. Halve the batch to find it.
   */
  insertDecisions(events: readonly DecisionEvent[]): Promise<void>;
  /** As {@link StoreWriter.insertDecisions}. */
  insertAnomalies(anomalies: readonly Anomaly[]): Promise<void>;
  /** As {@link StoreWriter.insertDecisions}. */
  insertControlEvents(events: readonly ControlEvent[]): Promise<void>;
  /** As {@link StoreWriter.insertDecisions}. Readings have no identity but (tenant, agent, detector, metric, times, subject). */
  insertDetectorScores(scores: readonly Reading[]): Promise<void>;
}

/** History in ClickHouse (docs/history.md): at-least-once writes, exactly one row per identity in the views. */
export interface Store {
  /**
   * Brings tables and views to this version. Idempotent; safe beside other processes that do the same.
   * @throws BelayError `bad_configuration` when an applied migration was edited; `unavailable` (retryable) when the engine is away.
   */
  migrate(): Promise<void>;
  readonly writer: StoreWriter;
  readonly queries: StoreQueries;
  /** True when the engine answers. Settles within 2 s. */
  isHealthy(): Promise<boolean>;
  /** Idempotent. Calls in hand may fail. */
  close(): Promise<void>;
}
