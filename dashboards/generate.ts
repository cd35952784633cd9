import { mkdir, writeFile } from 'node:fs/promises';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { driftDashboard } from './drift/drift-dashboard.ts';
import { fleetDashboard } from './fleet/fleet-dashboard.ts';

/** Where the dashboards are committed, and provisioned from. */
const GENERATED = new URL('./generated/', import.meta.url);

/** Every dashboard, and the file it is committed as. */
export const DASHBOARDS: readonly { readonly file: URL; readonly make: () => Dashboard }[] = [
  { file: new URL('fleet.json', GENERATED), make: fleetDashboard },
  { file: new URL('drift.json', GENERATED), make: driftDashboard },
];

/** The committed text of a dashboard. */
export const dashboardJson = (make: () => Dashboard): string => `${JSON.stringify(make(), null, 2)}\n`;

if (import.meta.main) {
  await mkdir(GENERATED, { recursive: true });
  for (const { file, make } of DASHBOARDS) await writeFile(file, dashboardJson(make));
}
