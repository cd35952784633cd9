import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, verifyAudit } from '../index.ts';
import { type Harness, register, startHarness } from './control.test-support.ts';

/** What the database itself promises: audit, constraints, migrations. */
export function ledgerContract(open: () => Promise<Database>): void {
  describe('ledger', () => {
    let database: Database;
    let h: Harness;
    let token: string;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
      token = await h.operator();
      await register(h, 'l1');
      for (const reason of ['one', 'two', 'three'])
        await h.call('POST', '/v1/agents/l1/holds', { token, body: { action: 'pause', reason } });
    });
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    test.each([
      ['changed', sql`update audit set actor = 'nobody'`],
      ['deleted', sql`delete from audit`],
      ['truncated', sql`truncate audit`],
    ])('the audit cannot be %s', async (_what, statement) => {
      await expect(statement.execute(database.db)).rejects.toThrow('append-only');
    });

    test('the audit verifies; a change, a gap and a cut tail behind the trigger’s back are found', async () => {
      expect(await verifyAudit(database.db, h.tenant)).toMatchObject({ intact: true, entries: 3 });
      expect((await h.call('GET', '/v1/audit/verification', { token })).body).toMatchObject({ intact: true, entries: 3 });
      const tampered = async (statement: ReturnType<typeof sql>, undo: boolean): Promise<object> => {
        let verdict: object = {};
        await database.db
          .transaction()
          .execute(async (tx) => {
            await sql`alter table audit disable trigger user`.execute(tx);
            await statement.execute(tx);
            verdict = await verifyAudit(tx, h.tenant);
            if (undo) throw new Error('undo');
          })
          .catch((error: Error) => {
            if (error.message !== 'undo') throw error;
          });
        return verdict;
      };
      const at = (seq: number) => sql`tenant = ${h.tenant} and seq = ${seq}`;
      expect(await tampered(sql`update audit set details = '{}' where ${at(2)}`, true)).toMatchObject({
        intact: false,
        seq: 2,
        problem: 'the entry was changed',
      });
      expect(await tampered(sql`delete from audit where ${at(2)}`, true)).toMatchObject({
        intact: false,
        seq: 2,
        problem: 'an entry is missing',
      });
      expect(await tampered(sql`delete from audit where ${at(3)}`, true)).toMatchObject({
        intact: false,
        seq: 3,
        problem: 'entries at the end are missing',
      });
      expect(await verifyAudit(database.db, h.tenant)).toMatchObject({ intact: true });
    });

    test('one open automatic hold per agent scope and cause is a promise of the database', async () => {
      const row = (
        id: string,
      ) => sql`insert into holds (id, tenant, agent_id, action, scope, scope_id, reason, cause_kind, cause_ref, cause_key, placed_us, placed_by)
        values (${id}, ${h.tenant}, 'l1', 'pause', 'session', 's', 'r', 'anomaly', 'x', 'loop/L1', 1, 'test')`;
      await row('h-1').execute(database.db);
      await expect(row('h-2').execute(database.db)).rejects.toThrow('holds_one_open_per_cause');
      await sql`delete from holds where id = 'h-1'`.execute(database.db);
    });

    test('migrating again changes nothing; an edited or unknown migration is refused with a word', async () => {
      await database.migrate();
      const { rows } = await sql<{ checksum: string }>`select checksum from schema_migrations where version = 1`.execute(database.db);
      await sql`update schema_migrations set checksum = 'edited' where version = 1`.execute(database.db);
      await expect(database.migrate()).rejects.toMatchObject({ code: 'bad_configuration' });
      await sql`update schema_migrations set checksum = ${rows[0]?.checksum} where version = 1`.execute(database.db);
      await sql`insert into schema_migrations (version, name, checksum) values (9999, 'future', 'x')`.execute(database.db);
      await expect(database.migrate()).rejects.toMatchObject({ code: 'bad_configuration' });
      await sql`delete from schema_migrations where version = 9999`.execute(database.db);
      await database.migrate();
    });

    test('what fails half way leaves nothing: no hold, no epoch, no event, no audit', async () => {
      const count = async () =>
        (
          await sql<{
            n: number;
          }>`select (select count(*) from holds) + (select count(*) from outbox) + (select count(*) from audit) + (select sum(epoch) from agents) as n`.execute(
            database.db,
          )
        ).rows[0]?.n;
      const before = await count();
      await sql`alter table audit add constraint sabotage check (seq < 0) not valid`.execute(database.db);
      const answer = await h.call('POST', '/v1/agents/l1/holds', { token, body: { action: 'pause', reason: 'r' } });
      await sql`alter table audit drop constraint sabotage`.execute(database.db);
      expect(answer.body).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(answer.body)).not.toContain('sabotage');
      expect(await count()).toEqual(before);
    });
  });
}
