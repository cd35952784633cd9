import { once } from 'node:events';
import { connect } from 'node:net';
import { TOPICS } from '@belay/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { startHarness } from './control.test-support.ts';

/** What one client holds on to, and what that does to the others and to the end. */
export function stopContract(open: () => Promise<Database>): void {
  describe('connections', () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    test('a connection that a client opened in reserve does not hold up the stop', async () => {
      const h = await startHarness(database);
      const socket = connect(Number(new URL(h.control.url).port), '127.0.0.1');
      await once(socket, 'connect');
      const closed = once(socket, 'close');
      const startMs = performance.now();
      await h.stop();
      expect(performance.now() - startMs).toBeLessThan(2_000);
      await closed;
    });

    test('one agent cannot take the streams of the others', async () => {
      const h = await startHarness(database, { maxStreams: 100, maxStreamsPerAgent: 2 });
      const greedy = [await h.stream('greedy'), await h.stream('greedy'), await h.stream('greedy')];
      expect(greedy.map(({ status }) => status)).toEqual([200, 200, 503]);
      expect((await h.stream('modest')).status).toBe(200);
      greedy[0]?.close();
      await expect.poll(async () => (await h.stream('greedy')).status).toBe(200);
      await h.stop();
    });

    test('what waits in the outbox is on the log when control has stopped', async () => {
      const h = await startHarness(database);
      const row = { tenant: h.tenant, topic: TOPICS.control, key: 'k', value: '{"type":"late"}', every_partition: false, timestamp_us: 1 };
      await database.db.insertInto('outbox').values(row).execute();
      await h.control.stop();
      expect(await h.published(TOPICS.control)).toContainEqual({ type: 'late' });
      await h.stop();
    });

    test('published rows of the outbox go, however many there are', async () => {
      const h = await startHarness(database);
      const row = {
        tenant: h.tenant,
        topic: 'belay.control.v1',
        key: 'k',
        value: '{}',
        every_partition: false,
        timestamp_us: 1,
        published_us: 1,
      };
      for (let n = 0; n < 3; n += 1)
        await database.db
          .insertInto('outbox')
          .values(Array.from({ length: 700 }, () => row))
          .execute();
      for (let n = 0; n < 4; n += 1) await h.control.sweep();
      const { left } = await database.db
        .selectFrom('outbox')
        .select((select) => select.fn.countAll<string>().as('left'))
        .where('tenant', '=', h.tenant)
        .executeTakeFirstOrThrow();
      expect(Number(left)).toBe(0);
      await h.stop();
    });
  });
}
