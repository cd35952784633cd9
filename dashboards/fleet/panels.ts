import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { CLICKHOUSE, clickhouseQuery } from '../clickhouse-query.ts';

/** What every panel says: its title, what it means, its SQL. */
export interface PanelText {
  readonly title: string;
  readonly description: string;
  readonly sql: string;
  /** Grafana's unit id. */
  readonly unit?: string;
}

const HEIGHT = 8;
const STAT_HEIGHT = 4;

/** One number. The SQL gives one row with one column. */
export const stat = ({ title, description, sql, unit = 'short' }: PanelText): StatBuilder =>
  new StatBuilder()
    .title(title)
    .description(description)
    .datasource(CLICKHOUSE)
    .withTarget(clickhouseQuery('table', sql))
    .unit(unit)
    .noValue('–')
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .height(STAT_HEIGHT)
    .span(4);

/** Lines over time. The SQL gives time, labels, value, ordered by time. */
export const lines = ({ title, description, sql, unit = 'short' }: PanelText): TimeseriesBuilder =>
  new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(CLICKHOUSE)
    .withTarget(clickhouseQuery('timeseries', sql))
    .unit(unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(10)
    .legend(new common.VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .height(HEIGHT)
    .span(12);

/** Stacked bars over time, for counts. The SQL is as of {@link lines}. */
export const bars = (text: PanelText): TimeseriesBuilder =>
  lines(text)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal).group('A'));

/** Rows. */
export const table = ({ title, description, sql }: PanelText): TableBuilder =>
  new TableBuilder()
    .title(title)
    .description(description)
    .datasource(CLICKHOUSE)
    .withTarget(clickhouseQuery('table', sql))
    .height(HEIGHT)
    .span(12);
