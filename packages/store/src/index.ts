export { type ChdbStoreOptions, createChdbStore } from './chdb-store.ts';
export { type ClickHouseStoreOptions, createClickHouseStore } from './clickhouse-store.ts';
export { type HistoryRecord, type HistoryWindow, readHistory } from './history/read-history.ts';
export type { StoreQueries, WindowParams } from './queries.ts';
export type {
  AnomalyRecord,
  DecisionRecord,
  FleetActivity,
  FleetUseRecord,
  HistoryCounts,
  SequenceGap,
  SpendRecord,
  StopDelays,
} from './records.ts';
export type { Reading } from './rows/score-row.ts';
export type { Store, StoreWriter } from './store.ts';
