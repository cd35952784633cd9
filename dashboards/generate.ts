import { mkdir, writeFile } from 'node:fs/promises';
import { fleetDashboard } from './fleet/fleet-dashboard.ts';

/** Where the dashboard is committed, and provisioned from. */
export const FLEET_JSON: URL = new URL('./generated/fleet.json', import.meta.url);

/** The committed text of the dashboard. */
export const fleetJson = (): string => `${JSON.stringify(fleetDashboard(), null, 2)}\n`;

if (import.meta.main) {
  await mkdir(new URL('.', FLEET_JSON), { recursive: true });
  await writeFile(FLEET_JSON, fleetJson());
}
