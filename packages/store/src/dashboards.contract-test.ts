import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expandMacros, type View } from '../../../dashboards/expand-macros.test-support.ts';
import { DASHBOARDS } from '../../../dashboards/generate.ts';
import { createChdbStore } from './chdb-store.ts';
import { seedDrift } from './contract/seed-drift.test-support.ts';
import { FLEET, HOSTILE_AGENT, seedFleet } from './contract/seed-fleet.test-support.ts';
import { BASE_US, executeOn, type StoreUnderTest } from './contract/store-under-test.test-support.ts';
import type { Store } from './store.ts';

const view = (agents: readonly string[], all: boolean): View => ({
  fromMs: BASE_US / 1000 - 60_000,
  toMs: BASE_US / 1000 + 600_000,
  intervalSeconds: 30,
  variables: { tenant: { values: ['acme'], all: false }, environment: { values: ['', 'prod'], all: true }, agent: { values: agents, all } },
});
const VIEWS = [view(FLEET, true), view([HOSTILE_AGENT], false)] as const;

interface Target {
  readonly title: string;
  readonly rawSql: string;
  readonly format: number;
}
const made = DASHBOARDS.map(({ make }) => make());
const targets: readonly Target[] = made
  .flatMap(({ panels = [] }) => panels)
  .flatMap((panel) =>
    'targets' in panel
      ? (panel.targets as unknown as Omit<Target, 'title'>[]).map((target) => ({ title: panel.title ?? '', ...target }))
      : [],
  );
const variables = made.flatMap(({ templating }) => templating?.list ?? []).map(({ name, query }) => ({ name, sql: String(query) }));

describe('the dashboards on the engine', () => {
  let folder: string;
  let store: Store;
  let execute: StoreUnderTest['execute'];
  let close: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-dashboards-'));
    store = await createChdbStore({ path: folder });
    const connection = createChdbConnection({ path: folder }) as unknown as NonNullable<
      NonNullable<Parameters<typeof createClient>[0]>['connection']
    >;
    const client = createClient({ connection });
    execute = executeOn(client);
    close = () => client.close();
    await store.migrate();
    await seedFleet(store);
    await seedDrift(store);
  });
  afterAll(async () => {
    await close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const run = (sql: string) => execute(`SELECT * FROM (${sql})`);

  it.each(targets)('$title has rows, for all agents and for one with quotes in its name', async ({ rawSql, format }) => {
    for (const chosen of VIEWS) {
      const rows = await run(expandMacros(rawSql, chosen));
      expect(rows.length).toBeGreaterThan(0);
      if (format === 0) expect(rows.map((row) => String(row.time))).toEqual(rows.map((row) => String(row.time)).toSorted());
    }
  });

  it.each(variables)('the choice of $name offers what there is', async ({ sql }) => {
    expect((await run(expandMacros(sql, VIEWS[0]))).length).toBeGreaterThan(0);
  });

  it('counts repeats once', async () => {
    const value = async (title: string) =>
      Object.values((await run(expandMacros(targets.find((one) => one.title === title)?.rawSql ?? '', VIEWS[0])))[0] ?? {})[0];
    expect([await value('Decisions'), await value('Spend'), await value('Holds placed'), await value('Anomalies')].map(Number)).toEqual([
      60, 60.00000006, 4, 6,
    ]);
  });

  it('runs the SQL of every alert rule', async () => {
    const rules = parse(await readFile(new URL('../../../dashboards/provisioning/alerting/rules.yaml', import.meta.url), 'utf8'));
    for (const rule of rules.groups.flatMap((group: { rules: object[] }) => group.rules)) {
      const rows = await run(expandMacros(rule.data[0].model.rawSql, VIEWS[0]));
      expect(Array.isArray(rows)).toBe(true);
    }
  });
});
