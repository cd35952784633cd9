import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.test-support.ts';

/** Migrations are repeatable, and guarded against edits. */
export function migrationContract(under: () => StoreUnderTest): void {
  it('can be run again and by several at once', async () => {
    await Promise.all([under().store.migrate(), under().store.migrate(), under().store.migrate()]);
    const rows = await under().execute('SELECT uniqExact(version) = max(version) AS complete FROM schema_migrations');
    expect(rows).toEqual([{ complete: 1 }]);
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
