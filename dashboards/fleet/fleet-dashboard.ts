import { type Dashboard, DashboardBuilder, DashboardCursorSync, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { anomalyPanels } from './anomaly-panels.ts';
import { decisionPanels } from './decision-panels.ts';
import { learningPanels } from './learning-panels.ts';
import { overviewPanels } from './overview-panels.ts';
import { spendPanels } from './spend-panels.ts';
import { stopPanels } from './stop-panels.ts';
import { variables } from './variables.ts';

const SECTIONS = [
  { title: 'Stops', panels: stopPanels },
  { title: 'Anomalies', panels: anomalyPanels },
  { title: 'Decisions', panels: decisionPanels },
  { title: 'Spend', panels: spendPanels },
  { title: 'Learning', panels: learningPanels },
] as const;

/** The dashboard "Belay fleet": what agents do, what was found, how they were stopped, what it cost. */
export function fleetDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Belay fleet')
    .uid('belay-fleet')
    .description('Decisions, anomalies, stops and their delays, spend and learning of a fleet of agents.')
    .tags(['belay'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables());
  for (const panel of overviewPanels()) dashboard.withPanel(panel);
  for (const { title, panels } of SECTIONS) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels()) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  // Ids, because alert rules link to panels by id.
  return { ...built, schemaVersion: 42, panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) };
}
