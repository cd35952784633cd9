import { expect, it } from 'vitest';
import { newTenant, recent, type StoreUnderTest } from './store-under-test.test-support.ts';

/** What the named queries about one agent answer. */
export function agentQueriesContract(under: () => StoreUnderTest): void {
  it('recent decisions are the newest of one agent, newest first', async () => {
    const tenant = newTenant();
    await under().store.writer.insertDecisions([1, 2, 3, 4].map((n) => recent({ tenant, n, agentId: n === 4 ? 'other' : 'agent-1' })));
    const rows = await under().store.queries.recentDecisions({ tenant, agentId: 'agent-1', limit: 2 });
    expect(rows.map((row) => row.seq)).toEqual([3, 2]);
  });

  it('a decision by id is found, or undefined', async () => {
    const tenant = newTenant();
    const stored = recent({ tenant, costNanoUsd: 7, intent: 'look it up', reasoningSpanId: 'abc' });
    await under().store.writer.insertDecisions([stored]);
    const find = (id: string) => under().store.queries.decision({ tenant, agentId: 'agent-1', id });
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
    await under().store.writer.insertDecisions([
      recent({ tenant, n: 3, sessionId: 'outer' }),
      child,
      recent({ tenant, n: 1, sessionId: 'outer' }),
    ]);
    await under().store.writer.insertDecisions([recent({ tenant, n: 4, sessionId: 'elsewhere' })]);
    const path = await under().store.queries.sessionPath({ tenant, sessionId: 'outer', limit: 10 });
    expect(path.map((row) => [row.agentId, row.seq])).toEqual([
      ['agent-1', 1],
      ['child', 2],
      ['agent-1', 3],
    ]);
  });

  it('sequence gaps are what never arrived, repeats not counted', async () => {
    const tenant = newTenant();
    const seqs = [1, 2, 2, 5, 6];
    await under().store.writer.insertDecisions(seqs.map((seq) => recent({ tenant, n: seq, seq, runId: 'torn' })));
    await under().store.writer.insertDecisions([recent({ tenant, n: 50, seq: 1, runId: 'whole' })]);
    expect(await under().store.queries.sequenceGaps({ tenant, agentId: 'agent-1' })).toEqual([{ runId: 'torn', lastSeq: 6, missing: 2 }]);
  });
}
