import type { ControlEvent } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE_US, newTenant, recent, type StoreUnderTest } from './store-contract.test-support.ts';

const MS_US = 1000;

const event = (
  tenant: string,
  id: string,
  atUs: number,
): { v: 1; id: string; tenant: string; agentId: string; atUs: number; actor: string } => ({
  v: 1,
  id,
  tenant,
  agentId: 'agent-1',
  atUs,
  actor: 'control',
});

/** A stop: hold placed `placedMs` after the anomaly, acknowledged as applied and confirmed after the given times. */
function stop(tenant: string, n: number, delaysMs: { placed: number; applied: number; confirmed?: number }): ControlEvent[] {
  const commandId = `c${n}`;
  const placedUs = BASE_US + delaysMs.placed * MS_US;
  const hold = {
    id: `h${n}`,
    action: 'pause',
    scope: 'session',
    scopeId: 's',
    reason: 'loop',
    cause: { kind: 'anomaly', ref: `anomaly-${n}` },
    placedUs,
  } as const;
  const ack = (state: 'applied' | 'confirmed', afterMs: number): ControlEvent => ({
    ...event(tenant, `${commandId}-${state}`, placedUs + afterMs * MS_US),
    type: 'ack',
    ack: { agentId: 'agent-1', commandId, epoch: n, runId: 'run-1', state, atUs: 0, lastStartedSeq: 4, inFlight: 0 },
  });
  return [
    { ...event(tenant, `${commandId}-placed`, placedUs), type: 'hold.placed', epoch: n, commandId, hold },
    ack('applied', delaysMs.applied),
    ...(delaysMs.confirmed === undefined ? [] : [ack('confirmed', delaysMs.confirmed)]),
  ];
}

/** What every named query answers, run on each engine. */
export function queriesContract(open: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  const window = (tenant: string) => ({ tenant, sinceUs: BASE_US - 1_000_000, untilUs: BASE_US + 3_600_000_000, limit: 10 });

  beforeAll(async () => {
    under = await open();
    await under.store.migrate();
  });
  afterAll(async () => under?.close());

  describe('named queries', () => {
    it('recent decisions are the newest of one agent, newest first', async () => {
      const tenant = newTenant();
      await under.store.writer.insertDecisions([1, 2, 3, 4].map((n) => recent({ tenant, n, agentId: n === 4 ? 'other' : 'agent-1' })));
      const rows = await under.store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 2 });
      expect(rows.map((row) => row.seq)).toEqual([3, 2]);
    });

    it('a decision by id is found, or undefined', async () => {
      const tenant = newTenant();
      const stored = recent({ tenant, costNanoUsd: 7, intent: 'look it up', reasoningSpanId: 'abc' });
      await under.store.writer.insertDecisions([stored]);
      const find = (id: string) => under.store.queries.decision({ tenant, agentId: 'agent-1', id });
      expect(await find(stored.id)).toMatchObject({
        tool: 'search',
        effect: 'read',
        startUs: stored.startUs,
        intent: 'look it up',
        costNanoUsd: 7,
      });
      expect(await find(recent({ n: 99 }).id)).toBeUndefined();
    });

    it("a session's path holds the sessions it is the root of, in the order received", async () => {
      const tenant = newTenant();
      const child = recent({ tenant, n: 2, agentId: 'child', sessionId: 'inner', rootSessionId: 'outer' });
      await under.store.writer.insertDecisions([
        recent({ tenant, n: 3, sessionId: 'outer' }),
        child,
        recent({ tenant, n: 1, sessionId: 'outer' }),
      ]);
      await under.store.writer.insertDecisions([recent({ tenant, n: 4, sessionId: 'elsewhere' })]);
      const path = await under.store.queries.sessionPath({ tenant, sessionId: 'outer', limit: 10 });
      expect(path.map((row) => [row.agentId, row.seq])).toEqual([
        ['agent-1', 1],
        ['child', 2],
        ['agent-1', 3],
      ]);
    });

    it('anomalies are those of the window, of all agents or of one', async () => {
      const tenant = newTenant();
      const at = (id: string, agentId: string, detectedUs: number) => anomaly({ tenant, id, agentId, detectedUs, triggerUs: -1 });
      await under.store.writer.insertAnomalies([at('a', 'x', BASE_US), at('b', 'y', BASE_US + 5), at('old', 'x', BASE_US - 9_000_000)]);
      const ids = async (agentId?: string) =>
        (await under.store.queries.anomalies({ ...window(tenant), ...(agentId === undefined ? {} : { agentId }) })).map((row) => row.id);
      expect([await ids(), await ids('x')]).toEqual([['b', 'a'], ['a']]);
    });

    it('stop delays are per leg on the clocks of the platform, and the unconfirmed count as stops', async () => {
      const tenant = newTenant();
      await under.store.writer.insertAnomalies([1, 2, 3].map((n) => anomaly({ tenant, id: `anomaly-${n}`, detectedUs: BASE_US })));
      const stops = [
        stop(tenant, 1, { placed: 2, applied: 10, confirmed: 20 }),
        stop(tenant, 2, { placed: 4, applied: 30, confirmed: 90 }),
        stop(tenant, 3, { placed: 6, applied: 50 }),
      ];
      await under.store.writer.insertControlEvents(stops.flat());
      await under.store.writer.insertControlEvents(stops.flat());
      expect(await under.store.queries.stopDelays(window(tenant))).toEqual({
        stops: 3,
        confirmed: 2,
        detectedToPlacedP50Ms: 4,
        detectedToPlacedP99Ms: 6,
        placedToAppliedP50Ms: 30,
        placedToAppliedP99Ms: 50,
        placedToConfirmedP50Ms: 90,
        placedToConfirmedP99Ms: 90,
      });
    });

    it('stop delays of nothing are null, not zero', async () => {
      expect(await under.store.queries.stopDelays(window(newTenant()))).toMatchObject({ stops: 0, placedToConfirmedP99Ms: null });
    });

    it('spend per agent is exact and dearest first, decisions without a cost included', async () => {
      const tenant = newTenant();
      const dear = [1, 2, 3].map((n) =>
        recent({ tenant, n, agentId: 'dear', costNanoUsd: 100_000_000_000_001, usage: { inputTokens: 3 } }),
      );
      await under.store.writer.insertDecisions([...dear, recent({ tenant, agentId: 'free' })]);
      expect(await under.store.queries.spendPerAgent(window(tenant))).toEqual([
        { agentId: 'dear', costNanoUsd: 300_000_000_000_003, inputTokens: 9, outputTokens: 0, decisions: 3 },
        { agentId: 'free', costNanoUsd: 0, inputTokens: 0, outputTokens: 0, decisions: 1 },
      ]);
    });

    it('fleet activity counts decisions, errors, refusals and anomalies of each agent', async () => {
      const tenant = newTenant();
      const statuses = ['ok', 'error', 'timeout', 'blocked'] as const;
      await under.store.writer.insertDecisions(statuses.map((status, index) => recent({ tenant, n: index + 1, outcome: { status } })));
      await under.store.writer.insertAnomalies([anomaly({ tenant, detectedUs: BASE_US })]);
      expect(await under.store.queries.fleetActivity(window(tenant))).toEqual([
        { agentId: 'agent-1', decisions: 4, errors: 2, blocked: 1, lastReceivedUs: recent({ n: 4 }).receivedUs, anomalies: 1 },
      ]);
    });

    it('sequence gaps are what never arrived, repeats not counted', async () => {
      const tenant = newTenant();
      const seqs = [1, 2, 2, 5, 6];
      await under.store.writer.insertDecisions(seqs.map((seq) => recent({ tenant, n: seq, seq, runId: 'torn' })));
      await under.store.writer.insertDecisions([recent({ tenant, n: 50, seq: 1, runId: 'whole' })]);
      expect(await under.store.queries.sequenceGaps({ tenant, agentId: 'agent-1' })).toEqual([{ runId: 'torn', lastSeq: 6, missing: 2 }]);
    });

    it('sampled scores are shown once', async () => {
      const tenant = newTenant();
      const score = { tenant, agentId: 'agent-1', detector: 'spend_rate', rule: 'burst', atUs: BASE_US, score: 0.4, learning: false };
      await under.store.writer.insertDetectorScores([score]);
      await under.store.writer.insertDetectorScores([score]);
      const rows = await under.execute(`SELECT score, threshold FROM detector_scores_v1 WHERE tenant = '${tenant}'`);
      expect(rows).toEqual([{ score: 0.4, threshold: null }]);
    });
  });
}
