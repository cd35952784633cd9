import type { DecisionEvent } from '@belay/protocol';
import { anomaly, type DecisionOverrides, decision } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from './store.ts';

/** A store under test, and plain SQL on its engine for what the store's own interface does not offer. */
export interface StoreUnderTest {
  readonly store: Store;
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

/** What every store promises (docs/history.md), run on each engine. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  const counts = (tenant: string) => under.store.queries.historyCounts({ tenant });

  beforeAll(async () => {
    under = await open();
    await under.store.migrate();
  });
  afterAll(async () => under?.close());

  describe('exactly one row per identity', () => {
    it('shows a decision once, however often and whenever its copies arrive, before and after merges', async () => {
      const tenant = newTenant();
      const first = recent({ tenant, outcome: { summary: 'as first told' } });
      const late = (laterUs: number) => ({
        ...first,
        receivedUs: first.receivedUs + laterUs,
        outcome: { status: 'ok' as const, summary: 'rewritten' },
      });
      await under.store.writer.insertDecisions([late(5 * DAY_US)]);
      await under.store.writer.insertDecisions([late(61_000_000), first, first]);
      await under.store.writer.insertDecisions([first]);
      await under.store.writer.insertDecisions([late(1), late(DAY_US)]);
      const before = await counts(tenant);
      expect(before.decisions).toBe(1);
      expect(before.decisionCopies).toBeGreaterThan(1);
      await under.execute('OPTIMIZE TABLE decisions FINAL');
      expect(await counts(tenant)).toMatchObject({ decisions: 1, decisionCopies: 4 });
      const [row] = await under.store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 10 });
      expect(row).toMatchObject({ id: first.id, receivedUs: first.receivedUs, outcomeSummary: 'as first told' });
    });

    it('counts a decision in one window only when its copies are received in two', async () => {
      const tenant = newTenant();
      const first = recent({ tenant, costNanoUsd: 5 });
      const repeat = { ...first, receivedUs: first.receivedUs + 7_200_000_000 };
      await under.store.writer.insertDecisions([first, repeat]);
      const spend = (sinceUs: number) => under.store.queries.spendPerAgent({ tenant, sinceUs, untilUs: sinceUs + 3_600_000_000, limit: 5 });
      expect(await spend(first.receivedUs - 1)).toMatchObject([{ costNanoUsd: 5, decisions: 1 }]);
      expect(await spend(repeat.receivedUs - 1)).toEqual([]);
    });

    it('keeps the same span id of two agents and of two tenants apart', async () => {
      const [tenant, other] = [newTenant(), newTenant()];
      await under.store.writer.insertDecisions([recent({ tenant }), recent({ tenant, agentId: 'agent-2' }), recent({ tenant: other })]);
      expect([(await counts(tenant)).decisions, (await counts(other)).decisions]).toEqual([2, 1]);
    });

    it('takes the identity from the id, whatever the trace says', async () => {
      const tenant = newTenant();
      const event = recent({ tenant, trace: { traceId: 'other', spanId: 'other' } });
      await under.store.writer.insertDecisions([event]);
      expect(await under.store.queries.decision({ tenant, agentId: 'agent-1', id: event.id })).toMatchObject({ id: event.id });
    });

    it('shows an anomaly and a control event once, as first told, when they are told again days later', async () => {
      const tenant = newTenant();
      const found = anomaly({ tenant, detectedUs: BASE_US, explanation: 'first' });
      const state = {
        v: 1,
        id: 'e1',
        tenant,
        agentId: 'agent-1',
        atUs: BASE_US,
        actor: 'control',
        type: 'run.state',
        runId: 'r',
        to: 'paused',
      } as const;
      await under.store.writer.insertAnomalies([{ ...found, detectedUs: BASE_US + 2 * DAY_US, explanation: 'again' }]);
      await under.store.writer.insertAnomalies([found, found]);
      await under.store.writer.insertControlEvents([state, { ...state, atUs: BASE_US + 3 * DAY_US }]);
      await under.store.writer.insertControlEvents([state]);
      expect(await counts(tenant)).toMatchObject({ anomalies: 1, controlEvents: 1 });
      const window = { tenant, sinceUs: BASE_US - 1, untilUs: BASE_US + 9 * DAY_US, limit: 9 };
      expect(await under.store.queries.anomalies(window)).toMatchObject([{ explanation: 'first', detectedUs: BASE_US }]);
    });
  });

  describe('hostile content', () => {
    it('stores events of 1696, 1970 and 2200 and of a thousand days in one insert, with what the agent said beside the clamp', async () => {
      const tenant = newTenant();
      const starts = [-8.64e15, 0, Date.UTC(2200, 0, 1) * 1000, 8.64e15, ...Array.from({ length: 1000 }, (_, day) => day * DAY_US)];
      await under.store.writer.insertDecisions(starts.map((startUs, index) => recent({ tenant, n: index + 1, startUs })));
      expect((await counts(tenant)).decisions).toBe(starts.length);
      const rows = await under.execute(
        `SELECT start_us, toString(start) AS start FROM decisions_v1 WHERE tenant = '${tenant}' ORDER BY start_us LIMIT 1`,
      );
      expect(rows).toEqual([{ start_us: -8.64e15, start: '1900-01-01 00:00:00.000000' }]);
      const days = await under.execute(`SELECT uniqExact(toDate(received)) AS days FROM decisions WHERE tenant = '${tenant}'`);
      expect(Number(days[0]?.days)).toBeLessThanOrEqual(2);
    });

    it('is not stalled by more than a hundred received days in one insert', async () => {
      const tenant = newTenant();
      const events = Array.from({ length: 150 }, (_, day) => recent({ tenant, n: day + 1, receivedUs: BASE_US + day * DAY_US }));
      await under.store.writer.insertDecisions(events);
      expect((await counts(tenant)).decisions).toBe(150);
    });

    it('stores quotes, control characters, statements and broken surrogates as they are, or as U+FFFD', async () => {
      const tenant = newTenant();
      const agentId = `a'); DROP TABLE decisions; -- \\ {x:String} "\u{1F600}`;
      const intent = '\u0000\t\n; SELECT 1;\n\ud800 FORMAT Null';
      await under.store.writer.insertDecisions([recent({ tenant, agentId, intent, call: { destinations: ["it's", '\\N', '\udfff'] } })]);
      const [row] = await under.store.queries.recentDecisions({ tenant, agentId, limit: 1 });
      expect(row).toMatchObject({ agentId, intent: intent.toWellFormed(), destinations: ["it's", '\\N', '\ufffd'] });
    });

    it.each([1, -1, 999_999_999, 1_000_000_000, 123_456_789_012_345, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])(
      'keeps %d nano-USD exact',
      async (costNanoUsd) => {
        const tenant = newTenant();
        await under.store.writer.insertDecisions([recent({ tenant, costNanoUsd })]);
        expect(await under.store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 1 })).toMatchObject([{ costNanoUsd }]);
      },
    );

    it('refuses a row that the engine cannot take with a permanent error and stores none of its batch', async () => {
      const tenant = newTenant();
      const poison = recent({ tenant, n: 2, durationUs: -1 });
      const refused = under.store.writer.insertDecisions([recent({ tenant, n: 1 }), poison, recent({ tenant, n: 3 })]);
      await expect(refused).rejects.toMatchObject({ code: 'bad_request', retryable: false });
      expect((await counts(tenant)).decisions).toBe(0);
    });
  });

  describe('migrations', () => {
    it('can be run again and by several at once', async () => {
      await Promise.all([under.store.migrate(), under.store.migrate(), under.store.migrate()]);
      const rows = await under.execute('SELECT uniqExact(version) = max(version) AS complete FROM schema_migrations');
      expect(rows).toEqual([{ complete: 1 }]);
    });

    it('names the file when an applied migration was edited', async () => {
      await under.execute(`INSERT INTO schema_migrations (version, name, checksum) VALUES (2, '0002_anomalies', 'edited')`);
      await expect(under.store.migrate()).rejects.toMatchObject({
        code: 'bad_configuration',
        message: expect.stringContaining('0002_anomalies'),
      });
      await under.execute(`ALTER TABLE schema_migrations DELETE WHERE checksum = 'edited' SETTINGS mutations_sync = 1`);
      await under.store.migrate();
    });

    it('accepts a database that a newer version has migrated further', async () => {
      await under.execute(`INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future', 'x')`);
      await under.store.migrate();
      await under.execute(`ALTER TABLE schema_migrations DELETE WHERE version = 9999 SETTINGS mutations_sync = 1`);
    });
  });

  it('says that it is healthy', async () => {
    expect(await under.store.isHealthy()).toBe(true);
  });
}
