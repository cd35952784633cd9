import { describe, expect, it } from 'vitest';
import { loadMigrations, parseMigration } from './migrations.ts';

describe('migrations', () => {
  it('are numbered from 1 without a gap, and have statements', async () => {
    const migrations = await loadMigrations();
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
    expect(migrations.filter((migration) => migration.statements.length === 0)).toEqual([]);
  });

  it('consist of statements that are safe to run again: two processes may run them at once', async () => {
    const repeatable =
      /^(CREATE TABLE IF NOT EXISTS|CREATE OR REPLACE VIEW|ALTER TABLE \w+ ADD (COLUMN|INDEX) IF NOT EXISTS|ALTER TABLE \w+ MODIFY (TTL|COLUMN|SETTING))/;
    const statements = (await loadMigrations()).flatMap((migration) => migration.statements);
    expect(statements.filter((statement) => !repeatable.test(statement))).toEqual([]);
  });

  it('are cut at semicolons that end a line, comments left out', () => {
    const { version, statements } = parseMigration('0007_x.sql', "-- why; really\nSELECT 'a;b';\n\nSELECT 2\n  -- inside\n  + 1;\n");
    expect([version, statements]).toEqual([7, ["SELECT 'a;b'", 'SELECT 2\n\n  + 1']]);
  });

  it('have another checksum when a byte of the file changes', () => {
    expect(parseMigration('0001_a.sql', 'SELECT 1;').checksum).not.toBe(parseMigration('0001_a.sql', 'SELECT 1; ').checksum);
  });
});
