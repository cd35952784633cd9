import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fleetDashboard } from '../../dashboards/fleet/fleet-dashboard.ts';
import { DASHBOARDS, dashboardJson } from '../../dashboards/generate.ts';

const provisioned = (path: string) => parse(readFileSync(new URL(`../../dashboards/provisioning/${path}`, import.meta.url), 'utf8'));
interface DrawnPanel {
  readonly id: number;
  readonly title?: string;
  readonly description?: string;
  readonly targets: readonly { readonly format: number; readonly rawSql: string }[];
}
const panelsOf = ({ panels }: { readonly panels?: readonly object[] }): readonly DrawnPanel[] =>
  (panels ?? []).filter((panel) => 'targets' in panel) as unknown as readonly DrawnPanel[];

describe.each(DASHBOARDS.map((one) => [one.make().title ?? '', one] as const))('the dashboard %s', (_title, { file, make }) => {
  const panels = panelsOf(make());

  it('is committed as it is generated (npm run generate)', () => {
    expect(readFileSync(file, 'utf8')).toBe(dashboardJson(make));
  });

  it('has what a provisioned dashboard needs: uid, no id, the same data source for panels and targets', () => {
    const dashboard = JSON.parse(dashboardJson(make));
    expect(dashboard).toMatchObject({ uid: expect.stringMatching(/^belay-/), schemaVersion: 42 });
    expect(dashboard.id ?? null).toBeNull();
    const source = { type: 'grafana-clickhouse-datasource', uid: 'clickhouse' };
    for (const panel of panels) expect(panel).toMatchObject({ datasource: source, targets: [{ refId: 'A', datasource: source }] });
  });

  it('explains every panel', () => {
    expect(panels.filter((panel) => !panel.title || !panel.description)).toEqual([]);
  });

  it('orders every time series by time, without which the plugin refuses to draw it', () => {
    const series = panels.flatMap((panel) => panel.targets).filter((target) => target.format === 0);
    expect(series.length).toBeGreaterThan(3);
    for (const { rawSql } of series) expect(rawSql).toMatch(/ORDER BY time$/);
  });
});

it('dashboards are told apart by uid and title', () => {
  const made = DASHBOARDS.map(({ make }) => make());
  expect(new Set(made.map(({ uid }) => uid)).size).toBe(DASHBOARDS.length);
  expect(new Set(made.map(({ title }) => title)).size).toBe(DASHBOARDS.length);
});

const panelOf = (rule: { annotations: Record<string, string> }) =>
  panelsOf(fleetDashboard()).find((panel) => String(panel.id) === rule.annotations.__panelId__)?.title;

describe('the provisioning', () => {
  it('points the data source, the dashboards and the alerts at one another', () => {
    const [source] = provisioned('datasources/clickhouse.yaml').datasources;
    expect(source).toMatchObject({
      uid: 'clickhouse',
      type: 'grafana-clickhouse-datasource',
      jsonData: { defaultDatabase: 'belay', protocol: 'http' },
    });
    expect(source.secureJsonData.password).toBe('$CLICKHOUSE_PASSWORD');
    expect(provisioned('dashboards/belay.yaml').providers[0].options.path).toBe('/var/lib/grafana/dashboards/belay');
  });

  it('sends alerts to control, signed, with a timestamp', () => {
    const { contactPoints, policies } = provisioned('alerting/contact-points.yaml');
    expect(contactPoints[0].receivers[0]).toMatchObject({
      type: 'webhook',
      disableResolveMessage: false,
      settings: {
        url: 'http://control:4319/v1/hooks/grafana',
        hmacConfig: {
          secret: '$GRAFANA_WEBHOOK_SECRET',
          header: 'X-Grafana-Alerting-Signature',
          timestampHeader: 'X-Grafana-Alerting-Timestamp',
        },
      },
    });
    expect(policies[0].receiver).toBe(contactPoints[0].name);
  });

  it('has rules whose condition is one of their steps and whose query runs in the backend alone', () => {
    for (const rule of provisioned('alerting/rules.yaml').groups.flatMap((group: { rules: object[] }) => group.rules)) {
      const refIds = rule.data.map((step: { refId: string }) => step.refId);
      expect(refIds).toContain(rule.condition);
      expect(rule.data[0]).toMatchObject({ datasourceUid: 'clickhouse', relativeTimeRange: { to: 0 } });
      expect(rule.data[0].model.rawSql).not.toMatch(/\$\{|\$__conditionalAll|\$__adHocFilters/);
    }
  });

  it('links each rule to the panel that shows what it is about', () => {
    const rules = provisioned('alerting/rules.yaml').groups[0].rules;
    expect(rules.map(panelOf)).toEqual(['Spend per agent, USD per hour', 'Stops']);
  });
});
