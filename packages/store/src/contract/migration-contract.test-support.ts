import { systemClock } from '@belay/protocol';
import type { ClickHouseClient } from '@clickhouse/client';
import { expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import { withMigrationLock } from '../migration-lock.ts';
import type { StoreUnderTest } from './store-under-test.test-support.ts';

const LOCK = 'CREATE TABLE schema_migrating (holder String) ENGINE = Memory';

/** The engine as it is, and what it was told to do. */
function overheard({ client }: StoreUnderTest): { client: ClickHouseClient; commands: string[] } {
  const commands: string[] = [];
  const heard: Pick<ClickHouseClient, 'command' | 'insert' | 'query'> = {
    insert: (params) => client.insert(params),
    query: (params) => client.query(params),
    command: (params) => {
      commands.push(params.query);
      return client.command(params);
    },
  };
  return { client: heard as ClickHouseClient, commands };
}

/** Migrations are repeatable, and guarded against edits. */
export function migrationContract(under: () => StoreUnderTest): void {
  it('can be run again and by several at once', async () => {
    await Promise.all([under().store.migrate(), under().store.migrate(), under().store.migrate()]);
    const rows = await under().execute('SELECT uniqExact(version) = max(version) AS complete FROM schema_migrations');
    expect(rows).toEqual([{ complete: 1 }]);
  });

  const forgetNewest = (): Promise<unknown> =>
    under().execute(
      'ALTER TABLE schema_migrations DELETE WHERE version = (SELECT max(version) FROM schema_migrations) SETTINGS mutations_sync = 1',
    );

  it('waits for another process that migrates, and applies only what that one did not', async () => {
    await under().execute(LOCK);
    await forgetNewest();
    const order: string[] = [];
    const migrated = under()
      .store.migrate()
      .then(() => order.push('migrated'));
    for (let n = 0; n < 20; n += 1) await under().execute('SELECT count() FROM schema_migrations');
    order.push('the other is done');
    await under().execute('DROP TABLE schema_migrating');
    await migrated;
    expect(order).toEqual(['the other is done', 'migrated']);
  });

  it('takes over the lock that a dead process left, once it was looked at for a while', async () => {
    await under().execute(LOCK);
    const { client, commands } = overheard(under());
    const order: string[] = [];
    await withMigrationLock(client, async () => order.push('taken over'), { staleSeconds: 0, staleLooks: 2 });
    expect(order).toEqual(['taken over']);
    // The third try is the one after two more looks.
    expect(commands.findIndex((sql) => sql.startsWith('RENAME'))).toBe(3);
    await expect(under().execute('SELECT holder FROM schema_migrating')).rejects.toThrow();
    await under().execute('DROP TABLE schema_migrating_of_');
  });

  it('takes over the lock that it has judged to be dead, never the one that another waiter has put in its place since', async () => {
    await under().execute(`${LOCK} COMMENT 'one-that-died'`);
    const { client } = under();
    const order: string[] = [];
    const [firstHolds, firstMayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const migrateFirst = async (isHeld: () => Promise<boolean>): Promise<void> => {
      firstHolds.resolve();
      await firstMayEnd.promise;
      order.push((await isHeld()) ? 'the first held it' : 'the first had lost it');
    };
    let first: Promise<void> | undefined;
    const overtake = async (params: { query: string }): Promise<unknown> => {
      const isTaking = params.query.startsWith('CREATE');
      if (!isTaking) first ??= withMigrationLock(client, migrateFirst, { staleSeconds: 0, staleLooks: 2 });
      if (first !== undefined) await firstHolds.promise;
      const told = client.command(params);
      if (isTaking && first !== undefined) void told.catch(() => undefined).finally(() => firstMayEnd.resolve());
      return told;
    };
    const slow = { query: client.query.bind(client), command: overtake } as unknown as ClickHouseClient;
    await withMigrationLock(slow, async () => order.push('then the second'), { staleSeconds: 0, staleLooks: 20 });
    await first;
    expect(order).toEqual(['the first held it', 'then the second']);
    await under().execute('DROP TABLE `schema_migrating_of_one-that-died`');
  });

  it('tells a process whose lock was taken over while it slept, which then leaves the new lock alone', async () => {
    const held: boolean[] = [];
    await withMigrationLock(under().client, async (isHeld) => {
      held.push(await isHeld());
      await under().execute('DROP TABLE schema_migrating');
      held.push(await isHeld());
      await under().execute(LOCK);
      held.push(await isHeld());
    });
    expect(held).toEqual([true, false, false]);
    await under().execute('DROP TABLE schema_migrating');
  });

  it('applies nothing more once its lock was taken over, until the new holder is done', async () => {
    const { client, commands } = overheard(under());
    const next = 'CREATE TABLE migrated_later (n UInt8) ENGINE = Memory';
    const migrations = [
      { version: 9001, name: '9001_overtaken', checksum: 'a', statements: ['DROP TABLE schema_migrating', LOCK] },
      { version: 9002, name: '9002_later', checksum: 'b', statements: [next] },
    ];
    const migrated = migrate({ client, clock: systemClock, migrations });
    const asked = () => commands.slice(commands.indexOf(LOCK)).filter((sql) => sql.startsWith(`${LOCK} COMMENT`));
    await expect.poll(() => commands.includes(LOCK) && asked().length > 0).toBe(true);
    expect(commands).not.toContain(next);
    await under().execute('DROP TABLE schema_migrating');
    await migrated;
    expect(commands).toContain(next);
    await under().execute('DROP TABLE migrated_later');
    await under().execute('ALTER TABLE schema_migrations DELETE WHERE version > 9000 SETTINGS mutations_sync = 1');
  });

  it('ends in the same schema when it is repeated after a crash in the middle, by several at once', async () => {
    const schema = () =>
      under().execute('SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name');
    const before = await schema();
    await forgetNewest();
    await Promise.all([under().store.migrate(), under().store.migrate(), under().store.migrate()]);
    expect(await schema()).toEqual(before);
  });

  it('names the file when an applied migration was edited', async () => {
    await under().execute(`INSERT INTO schema_migrations (version, name, checksum) VALUES (2, '0002_anomalies', 'edited')`);
    await expect(under().store.migrate()).rejects.toMatchObject({
      code: 'bad_configuration',
      message: expect.stringContaining('0002_anomalies'),
    });
    await under().execute(`ALTER TABLE schema_migrations DELETE WHERE checksum = 'edited' SETTINGS mutations_sync = 1`);
    await under().store.migrate();
  });

  it('accepts a database that a newer version has migrated further', async () => {
    await under().execute(`INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future', 'x')`);
    await under().store.migrate();
    await under().execute(`ALTER TABLE schema_migrations DELETE WHERE version = 9999 SETTINGS mutations_sync = 1`);
  });
}
