import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** The data source that `provisioning/datasources` makes. */
export const CLICKHOUSE: DataSourceRef = { type: 'grafana-clickhouse-datasource', uid: 'clickhouse' };

/** Shape of the answer the plugin makes: 0 = rows (time, labels, value) as one series per label set, ordered by time; 1 = a table. */
const FORMAT = { timeseries: 0, table: 1 } as const;
const PLUGIN_VERSION = '4.14.1';

/** A panel target of the ClickHouse plugin, raw SQL. */
export function clickhouseQuery(queryType: keyof typeof FORMAT, rawSql: string): Builder<Dataquery> {
  const target = {
    refId: 'A',
    datasource: CLICKHOUSE,
    editorType: 'sql',
    queryType,
    format: FORMAT[queryType],
    pluginVersion: PLUGIN_VERSION,
    rawSql: rawSql.trim(),
  };
  // The SDK marks queries with a method that never reaches the JSON; it has no builder for this plugin.
  return { build: () => target as unknown as Dataquery };
}
