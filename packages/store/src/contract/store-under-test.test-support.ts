import type { DecisionEvent } from '@belay/protocol';
import { type DecisionOverrides, decision } from '@belay/testkit';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Store } from '../store.ts';

/** A store under test, and plain SQL on its engine for what the store's own interface does not offer. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The engine itself, on the store's database. */
  readonly client: ClickHouseClient;
  execute(sql: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const DAY_US = 86_400_000_000;
/** An hour ago: retention is by the platform's clock, so rows of long ago would be dropped under the test. */
export const BASE_US: number = (Date.now() - 3_600_000) * 1000;

let lastTenant = 0;
/** A tenant of its own for each test: tests share an engine. */
export const newTenant = (): string => {
  lastTenant += 1;
  return `t${process.pid}-${Date.now().toString(36)}-${lastTenant}`;
};

/** A decision received near now. */
export const recent = (overrides: DecisionOverrides = {}): DecisionEvent => {
  const startUs = BASE_US + (overrides.n ?? 1) * 1000;
  return decision({ startUs, receivedUs: startUs + 500, ...overrides });
};

/** The window from a second before to an hour after the base time. */
export const windowOf = (tenant: string): { tenant: string; sinceUs: number; untilUs: number; limit: number } => ({
  tenant,
  sinceUs: BASE_US - 1_000_000,
  untilUs: BASE_US + 3_600_000_000,
  limit: 10,
});

/** Plain SQL through a client: rows of a SELECT, nothing of a statement. */
export const executeOn =
  (client: ClickHouseClient): StoreUnderTest['execute'] =>
  async (sql) => {
    if (/^SELECT/.test(sql)) return (await client.query({ query: sql, format: 'JSONEachRow' })).json();
    await client.command({ query: sql });
    return [];
  };
