import { type DecisionEvent, decodeControlEvent, type InputRecord, inputOfControlEvent, matchesPattern } from '@belay/protocol';
import type { StoreQueries, WindowParams } from '../queries.ts';
import { storedToDecision } from '../rows/stored-decision.ts';
import { pagesOf } from './pages.ts';

/** What of the history is wanted. Platform's clock, integer µs, both ends included. */
export interface HistoryWindow extends WindowParams {
  /** Agents whose id matches this glob; default all. Those of the canary are never among them. */
  readonly agents?: string | undefined;
  /** Rows read at once: fewer hold up what else the process does for a shorter time. Default 10,000. */
  readonly pageRows?: number | undefined;
}

/** What detectors would have been told. */
export type HistoryRecord = DecisionEvent | InputRecord;

const ALL_TYPES = ['hold.placed', 'hold.released', 'ack', 'heartbeat', 'mode.changed', 'anomaly.feedback'];
/** What was set before the window and still holds in it. */
const LASTING_TYPES = ['mode.changed', 'anomaly.feedback'];
/** Ids of the agents that Belay runs itself to measure the loop. */
const CANARY = 'belay-canary*';

/**
 * Reads history as the detectors were told it: the decisions of a window in the order received, and between them what control told the
 * detectors (holds, acknowledgements, heartbeats, modes, feedback), made of the control events again. Modes and feedback of before the
 * window come first. Reads by pages: memory is bounded, and the engine is free for others between them.
 * @throws BelayError `unavailable` (retryable) when the engine is away.
 */
export async function* readHistory(queries: StoreQueries, window: HistoryWindow): AsyncGenerator<HistoryRecord, void, undefined> {
  const before = { ...window, sinceUs: 0, untilUs: window.sinceUs - 1 };
  for await (const [record] of recordsOf(queries, before, LASTING_TYPES, window.sinceUs)) yield record;
  yield* merged(decisionsOf(queries, window), recordsOf(queries, window, ALL_TYPES));
}

type Timed<T> = readonly [T, number];

async function* decisionsOf(
  queries: StoreQueries,
  { agents = '*', pageRows, ...window }: HistoryWindow,
): AsyncGenerator<Timed<DecisionEvent>> {
  const agentPrefix = agents.split('*')[0] ?? '';
  const pages = pagesOf(window, (page) => queries.historyDecisions({ ...window, ...page, agentPrefix }), {
    first: { afterUs: -1, afterAgent: '', afterEndedUs: 0, afterEndRank: 0, afterStartUs: 0, afterId: '' },
    after: (row) => ({
      afterUs: row.received_us,
      afterAgent: row.agent_id,
      afterEndedUs: row.ended_us,
      afterEndRank: row.end_rank,
      afterStartUs: row.start_us,
      afterId: row.id,
    }),
    pageRows,
  });
  for await (const row of pages) {
    if (matchesPattern(agents, row.agent_id) && !matchesPattern(CANARY, row.agent_id))
      yield [storedToDecision(window.tenant, row), row.received_us];
  }
}

async function* recordsOf(
  queries: StoreQueries,
  { agents = '*', pageRows, ...window }: HistoryWindow,
  types: readonly string[],
  /** Where to look first, from the beginning of the window; default an hour of it. What operators said in years is one page. */
  sliceUs?: number,
): AsyncGenerator<Timed<InputRecord>> {
  if (window.untilUs < window.sinceUs) return;
  const pages = pagesOf(window, (page) => queries.historyEvents({ ...window, ...page, types }), {
    first: { afterUs: -1, afterId: '' },
    after: (row) => ({ afterUs: row.atUs, afterId: row.id }),
    pageRows,
    sliceUs,
  });
  for await (const { payload, atUs } of pages) {
    const decoded = decodeControlEvent(payload);
    const record = 'value' in decoded ? inputOfControlEvent(decoded.value) : undefined;
    if (record !== undefined && concerns(record, agents)) yield [record, atUs];
  }
}

const concerns = (record: InputRecord, agents: string): boolean =>
  !('agentId' in record) ||
  record.agentId === undefined ||
  (matchesPattern(agents, record.agentId) && !matchesPattern(CANARY, record.agentId));

/** Two streams in order of time as one; of equals the first stream's come first. */
async function* merged<A, B>(first: AsyncGenerator<Timed<A>>, second: AsyncGenerator<Timed<B>>): AsyncGenerator<A | B, void, undefined> {
  let [one, two] = [await first.next(), await second.next()];
  while (!one.done || !two.done) {
    if (!one.done && (two.done || one.value[1] <= two.value[1])) {
      yield one.value[0];
      one = await first.next();
    } else if (!two.done) {
      yield two.value[0];
      two = await second.next();
    }
  }
}
