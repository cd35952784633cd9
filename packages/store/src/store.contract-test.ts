import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { describe } from 'vitest';
import { createChdbStore } from './chdb-store.ts';
import { storeContract } from './contract/store-contract.test-support.ts';
import { executeOn, type StoreUnderTest } from './contract/store-under-test.test-support.ts';

const folder = await mkdtemp(join(tmpdir(), 'belay-store-'));

async function openChdb(): Promise<StoreUnderTest> {
  const store = await createChdbStore({ path: folder });
  const connection = createChdbConnection({ path: folder }) as unknown as NonNullable<
    NonNullable<Parameters<typeof createClient>[0]>['connection']
  >;
  const client = createClient({ connection });
  return {
    store,
    client,
    execute: executeOn(client),
    close: async () => {
      await client.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('store on chdb', () => {
  storeContract(openChdb);
});
