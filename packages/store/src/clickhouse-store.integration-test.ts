import { type ClickHouseHarness, clickHouseForTests, startClickHouse } from '@belay/testkit';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClickHouseStore } from './clickhouse-store.ts';
import { storeContract } from './contract/store-contract.test-support.ts';
import { executeOn, recent, type StoreUnderTest } from './contract/store-under-test.test-support.ts';

/** Longer than any test may take: no answer is given up because the machine stood still. */
const FOREVER_MS = 600_000;
const clientOf = (at: { url: string; database?: string }) =>
  createClient({ ...at, request_timeout: FOREVER_MS, log: { level: ClickHouseLogLevel.OFF } });
const database = `belay_test_${process.pid}_${Date.now().toString(36)}`;

describe('store on ClickHouse over HTTP', () => {
  let engine: ClickHouseHarness;
  const open = async (): Promise<StoreUnderTest> => {
    engine ??= await clickHouseForTests();
    const store = await createClickHouseStore({ url: engine.url, database, requestTimeoutMs: FOREVER_MS });
    const client = clientOf({ url: engine.url, database });
    return {
      store,
      client,
      execute: executeOn(client),
      close: async () => {
        await client.close();
        await store.close();
      },
    };
  };
  afterAll(async () => {
    const client = clientOf({ url: engine.url });
    for (const name of [database, `${database}_two`]) await client.command({ query: `DROP DATABASE IF EXISTS ${name}` });
    await client.close();
    await engine.stop();
  });

  storeContract(open);

  it('migrates one database from two clients at once', async () => {
    const stores = await Promise.all(
      [1, 2].map(() => createClickHouseStore({ url: engine.url, database: `${database}_two`, requestTimeoutMs: FOREVER_MS })),
    );
    await Promise.all(stores.map((store) => store.migrate()));
    await stores[0]?.writer.insertDecisions([recent()]);
    expect(await stores[1]?.queries.historyCounts({ tenant: 'acme' })).toMatchObject({ decisions: 1 });
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuses a database name that is no identifier', async () => {
    await expect(createClickHouseStore({ url: engine.url, database: 'x`; DROP' })).rejects.toMatchObject({ code: 'bad_configuration' });
  });
});

describe('a ClickHouse that is away', () => {
  let engine: ClickHouseHarness;
  beforeAll(async () => {
    engine = await startClickHouse();
  });
  afterAll(() => engine.stop());

  it('is not healthy, answers with retryable errors, and has every acknowledged row after kill -9 and a restart', async () => {
    const store = await createClickHouseStore({ url: engine.url, database: 'belay', requestTimeoutMs: FOREVER_MS });
    await store.migrate();
    await store.writer.insertDecisions([recent({ n: 1 }), recent({ n: 2 })]);
    await engine.kill();
    expect(await store.isHealthy()).toBe(false);
    await expect(store.writer.insertDecisions([recent({ n: 3 })])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(store.queries.historyCounts({ tenant: 'acme' })).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(store.migrate()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await engine.restart();
    await store.writer.insertDecisions([recent({ n: 3 })]);
    expect(await store.queries.historyCounts({ tenant: 'acme' })).toMatchObject({ decisions: 3 });
    await store.close();
  });
});
