import { type ControlEvent, type DecisionEvent, decisionEventSchema, type InputRecord, inputOfControlEvent } from '@belay/protocol';
import { arbitraryOf } from '@belay/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type HistoryRecord, type HistoryWindow, readHistory } from '../history/read-history.ts';
import type { StoreQueries } from '../queries.ts';
import { BASE_US, newTenant, recent, type StoreUnderTest } from './store-under-test.test-support.ts';

const HOUR_US = 3_600_000_000;

/** What is left of a value when absent and empty are the same, as in a row. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== 'object' || value === null) return value === '' ? undefined : value;
  const fields = Object.entries(value).flatMap(([key, item]) => {
    const kept = bare(item);
    return kept === undefined ? [] : [[key, kept]];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** Everything detectors read: the ids of the trace are those of the decision, text is well-formed. */
const read = ({ trace, ...event }: DecisionEvent): unknown =>
  bare(
    JSON.parse(
      JSON.stringify({ ...event, parentSpanId: trace.parentSpanId }, (_key, value) =>
        typeof value === 'string' ? value.toWellFormed() : value,
      ),
    ),
  );

/** The same queries, and how many were asked. */
function countQueries(queries: StoreQueries): { queries: StoreQueries; asked: () => number } {
  let asked = 0;
  const counting = new Proxy(queries, {
    get: (of, name) => {
      asked += 1;
      return Reflect.get(of, name);
    },
  });
  return { queries: counting, asked: () => asked };
}

/** What `readHistory` promises. */
export function historyContract(under: () => StoreUnderTest): void {
  const history = async (tenant: string, more: Partial<HistoryWindow> = {}): Promise<HistoryRecord[]> => {
    const records: HistoryRecord[] = [];
    const window = { tenant, sinceUs: BASE_US - HOUR_US, untilUs: BASE_US + HOUR_US, ...more };
    for await (const record of readHistory(under().store.queries, window)) records.push(record);
    return records;
  };
  const event = (tenant: string, n: number, body: object): ControlEvent =>
    ({ v: 1, id: `e-${n}`, tenant, agentId: 'agent-1', atUs: BASE_US + n * 1000 + 600, actor: 'ann', ...body }) as ControlEvent;

  it('event, row, event: what detectors read comes back equal, whatever the event', async () => {
    const tenant = newTenant();
    const events = fc.sample(arbitraryOf(decisionEventSchema), 300).map((one, n) => ({
      ...one,
      id: `${n.toString(16).padStart(32, '0')}:${'1'.repeat(16)}`,
      tenant,
      receivedUs: BASE_US + n,
    })) as DecisionEvent[];
    await under().store.writer.insertDecisions(events);
    const back = (await history(tenant)) as DecisionEvent[];
    expect(back.map(read)).toEqual(events.map(read));
    for (const one of back) expect(decisionEventSchema.safeParse(one).error).toBeUndefined();
  });

  it('decisions come in the order received, then by agent, then by end, each once', async () => {
    const tenant = newTenant();
    const at = (n: number, agentId: string, startUs: number) => recent({ tenant, n, agentId, startUs, receivedUs: BASE_US });
    const events = [at(1, 'b', 5), at(2, 'a', 9), at(3, 'a', 7), recent({ tenant, n: 4, receivedUs: BASE_US - 1 })];
    await under().store.writer.insertDecisions([...events, ...events]);
    expect((await history(tenant)).map((one) => ('seq' in one ? one.seq : 0))).toEqual([4, 3, 2, 1]);
  });

  it('what came in one request comes as it ended, and the mark of an end after what it ends, whatever the size of a page', async () => {
    const tenant = newTenant();
    const of = (n: number, kind: DecisionEvent['kind'], [startUs, endUs]: readonly [number, number]) =>
      recent({ tenant, n, agentId: 'a', kind, startUs, durationUs: endUs - startUs, receivedUs: BASE_US });
    const sent = [
      of(1, 'tool', [20, 30]),
      of(2, 'model', [10, 40]),
      of(3, 'tool', [50, 60]),
      of(4, 'task_end', [5, 60]),
      of(5, 'session_end', [5, 60]),
      of(6, 'run_end', [0, 60]),
      of(7, 'tool', [65, Number.MAX_SAFE_INTEGER]),
    ];
    await under().store.writer.insertDecisions(sent.toReversed());
    const order = async (pageRows?: number) => (await history(tenant, { pageRows })).map((one) => ('seq' in one ? one.seq : 0));
    expect(await order()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await order(2)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('what control told the detectors stands between the decisions, made of its events again', async () => {
    const tenant = newTenant();
    const hold = {
      id: 'h',
      action: 'pause',
      scope: 'run',
      scopeId: 'r',
      reason: 'why',
      cause: { kind: 'operator', ref: 'ann' },
      placedUs: 1,
    };
    const events = [
      event(tenant, 1, { type: 'hold.placed', epoch: 1, commandId: 'c', hold }),
      event(tenant, 2, { type: 'run.state', runId: 'r', to: 'paused' }),
      event(tenant, 3, { type: 'mode.changed', agentId: '*', detector: 'loop', mode: 'shadow', agentName: 'b*' }),
    ];
    await under().store.writer.insertDecisions([1, 2, 3].map((n) => recent({ tenant, n })));
    await under().store.writer.insertControlEvents(events);
    const told = await history(tenant);
    expect(told.map((one) => ('record' in one ? one.record : one.seq))).toEqual([1, 'hold', 2, 3, 'mode']);
    expect(told.filter((one) => 'record' in one)).toEqual(events.flatMap((one) => inputOfControlEvent(one) ?? []));
  });

  it('modes and feedback of before the window come first: they hold in it', async () => {
    const tenant = newTenant();
    const early = (n: number, body: object): ControlEvent => ({ ...event(tenant, n, body), atUs: BASE_US - 24 * HOUR_US });
    const said = { anomalyId: 'x', detector: 'loop', rule: 'L1', cause: 'c', verdict: 'expected', change: 'given' };
    await under().store.writer.insertDecisions([recent({ tenant })]);
    await under().store.writer.insertControlEvents([
      early(1, { type: 'anomaly.feedback', ...said }),
      early(2, { type: 'hold.released', epoch: 1, commandId: 'c', holdId: 'h', reason: 'r' }),
    ]);
    const counted = countQueries(under().store.queries);
    const told: HistoryRecord[] = [];
    const window = { tenant, sinceUs: BASE_US - HOUR_US, untilUs: BASE_US + HOUR_US };
    for await (const record of readHistory(counted.queries, window)) told.push(record);
    expect(told.map((one) => ('record' in one ? (one as InputRecord).record : 'decision'))).toEqual(['feedback', 'decision']);
    expect(counted.asked()).toBeLessThan(10);
  });

  it('is of the agents and the window asked for, never of the canary', async () => {
    const tenant = newTenant();
    const of = (n: number, agentId: string) => recent({ tenant, n, agentId });
    await under().store.writer.insertDecisions([of(1, 'billing-1'), of(2, 'search-1'), of(3, 'billing-2'), of(4, 'belay-canary-1')]);
    const agents = async (more: Partial<HistoryWindow>) => (await history(tenant, more)).map((one) => 'agent' in one && one.agent.id);
    expect(await agents({})).toEqual(['billing-1', 'search-1', 'billing-2']);
    expect(await agents({ agents: 'billing-*' })).toEqual(['billing-1', 'billing-2']);
    expect(await agents({ agents: 'billing-*', untilUs: BASE_US + 2000 })).toEqual(['billing-1']);
  });
}
