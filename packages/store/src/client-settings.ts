import type { ClickHouseSettings } from '@clickhouse/client';

/** Settings of every call, so that an engine's own configuration does not change what answers look like. */
export const CLIENT_SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  date_time_output_format: 'simple',
};
