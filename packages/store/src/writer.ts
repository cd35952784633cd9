import type { ClickHouseClient } from '@clickhouse/client';
import { anomalyToRow } from './rows/anomaly-row.ts';
import { controlEventToRow } from './rows/control-event-row.ts';
import { decisionToRow, type Row } from './rows/decision-row.ts';
import { scoreToRow } from './rows/score-row.ts';
import type { StoreWriter } from './store.ts';
import { toStoreError } from './store-error.ts';

/**
 * Partitions are days of the platform's clock, so an insert rarely spans two; a log with a week of backlog, or a platform clock that was
 * wrong, must not stall on the default limit of 100 partitions an insert. Unknown columns are an error: a dropped field is lost history.
 */
const INSERT_SETTINGS = {
  async_insert: 0,
  throw_on_max_partitions_per_insert_block: 0,
  input_format_skip_unknown_fields: 0,
} as const;

/** The writer over a client of either engine. */
export function createWriter(client: ClickHouseClient): StoreWriter {
  const insert = async <T>(table: string, items: readonly T[], toRow: (item: T) => Row): Promise<void> => {
    if (items.length === 0) return;
    try {
      await client.insert({ table, values: items.map(toRow), format: 'JSONEachRow', clickhouse_settings: INSERT_SETTINGS });
    } catch (error) {
      throw toStoreError(error, `an insert of ${items.length} rows into ${table}`);
    }
  };
  return {
    insertDecisions: (events) => insert('decisions', events, decisionToRow),
    insertAnomalies: (anomalies) => insert('anomalies', anomalies, anomalyToRow),
    insertControlEvents: (events) => insert('control_events', events, controlEventToRow),
    insertDetectorScores: (scores) => insert('detector_scores', scores, scoreToRow),
  };
}
