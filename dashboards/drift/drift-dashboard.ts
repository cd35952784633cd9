import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { CLICKHOUSE } from '../clickhouse-query.ts';
import { driftCourses, driftOverview, driftTables } from './drift-panels.ts';

const SECTIONS = [
  { title: 'Now against normal', panels: driftCourses },
  { title: 'Tests and shifts', panels: driftTables },
] as const;

const choice = (name: string, label: string, sql: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name).label(label).datasource(CLICKHOUSE).query(sql).definition(sql).refresh(VariableRefresh.OnTimeRangeChanged);

/** Tenant (one) and agent (many, or all), of what was measured. */
const variables = (): QueryVariableBuilder[] => [
  choice('tenant', 'Tenant', 'SELECT DISTINCT tenant FROM detector_scores WHERE $__timeFilter(at) ORDER BY tenant'),
  choice(
    'agent',
    'Agent',
    `SELECT DISTINCT agent_id FROM detector_scores
WHERE $__timeFilter(at) AND tenant IN (\${tenant:singlequote}) ORDER BY agent_id LIMIT 1000`,
  )
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] }),
];

/** The dashboard "Belay drift": what agents' tasks are like now, what is normal for them, and the test of the two. */
export function driftDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Belay drift')
    .uid('belay-drift')
    .description('Success, errors, rejected approvals and cost of agents against what is normal for each.')
    .tags(['belay'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables());
  for (const panel of driftOverview()) dashboard.withPanel(panel);
  for (const { title, panels } of SECTIONS) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels()) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  return { ...built, schemaVersion: 42, panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) };
}
