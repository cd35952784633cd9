import { expect, it } from 'vitest';
import { BASE_US, DAY_US, newTenant, recent, type StoreUnderTest } from './store-under-test.test-support.ts';

/** What an agent's clock and text can do to the record: nothing. */
export function hostileContentContract(under: () => StoreUnderTest): void {
  const counts = (tenant: string) => under().store.queries.historyCounts({ tenant });

  it('stores events of 1696, 1970 and 2200 and of a thousand days in one insert, with what the agent said beside the clamp', async () => {
    const tenant = newTenant();
    const starts = [-8.64e15, 0, Date.UTC(2200, 0, 1) * 1000, 8.64e15, ...Array.from({ length: 1000 }, (_, day) => day * DAY_US)];
    await under().store.writer.insertDecisions(starts.map((startUs, index) => recent({ tenant, n: index + 1, startUs })));
    expect((await counts(tenant)).decisions).toBe(starts.length);
    const rows = await under().execute(
      `SELECT start_us, toString(start) AS start FROM decisions_v1 WHERE tenant = '${tenant}' ORDER BY start_us LIMIT 1`,
    );
    expect(rows).toEqual([{ start_us: -8.64e15, start: '1900-01-01 00:00:00.000000' }]);
    const days = await under().execute(`SELECT uniqExact(toDate(received)) AS days FROM decisions WHERE tenant = '${tenant}'`);
    expect(Number(days[0]?.days)).toBeLessThanOrEqual(2);
  });

  it('is not stalled by more than a hundred received days in one insert', async () => {
    const tenant = newTenant();
    const events = Array.from({ length: 150 }, (_, day) => recent({ tenant, n: day + 1, receivedUs: BASE_US + day * DAY_US }));
    await under().store.writer.insertDecisions(events);
    expect((await counts(tenant)).decisions).toBe(150);
  });

  it('stores quotes, control characters, statements and broken surrogates as they are, or as U+FFFD', async () => {
    const tenant = newTenant();
    const agentId = `a'); DROP TABLE decisions; -- \\ {x:String} "\u{1F600}`;
    const intent = '\u0000\t\n; SELECT 1;\n\ud800 FORMAT Null';
    await under().store.writer.insertDecisions([recent({ tenant, agentId, intent, call: { destinations: ["it's", '\\N', '\udfff'] } })]);
    const [row] = await under().store.queries.recentDecisions({ tenant, agentId, limit: 1 });
    expect(row).toMatchObject({ agentId, intent: intent.toWellFormed(), destinations: ["it's", '\\N', '\ufffd'] });
  });

  it.each([1, -1, 999_999_999, 1_000_000_000, 123_456_789_012_345, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])(
    'keeps %d nano-USD exact',
    async (costNanoUsd) => {
      const tenant = newTenant();
      await under().store.writer.insertDecisions([recent({ tenant, costNanoUsd })]);
      expect(await under().store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 1 })).toMatchObject([{ costNanoUsd }]);
    },
  );

  it('refuses a row that the engine cannot take with a permanent error and stores none of its batch', async () => {
    const tenant = newTenant();
    const poison = recent({ tenant, n: 2, durationUs: -1 });
    const refused = under().store.writer.insertDecisions([recent({ tenant, n: 1 }), poison, recent({ tenant, n: 3 })]);
    await expect(refused).rejects.toMatchObject({ code: 'bad_request', retryable: false });
    expect((await counts(tenant)).decisions).toBe(0);
  });
}
