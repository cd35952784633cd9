import { readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type {
  AnomalyRecord,
  DecisionRecord,
  DriftMetricRecord,
  DriftReading,
  FleetActivity,
  FleetUseRecord,
  HistoryCounts,
  SequenceGap,
  SpendRecord,
  StopDelays,
} from './records.ts';
import type { StoredDecision } from './rows/stored-decision.ts';
import { toStoreError } from './store-error.ts';

/** A window of the platform's clock, integer µs, both ends included. */
export interface WindowParams {
  readonly tenant: string;
  readonly sinceUs: number;
  readonly untilUs: number;
}

interface AgentParams {
  readonly tenant: string;
  readonly agentId: string;
}

interface Limited {
  /** Most rows returned. */
  readonly limit: number;
}

/** Reads of history, each one `.sql` file in `queries/`. All reject with BelayError `unavailable` (retryable) when the engine is away. */
export interface StoreQueries {
  /** Newest first. */
  recentDecisions(params: AgentParams & Limited): Promise<readonly DecisionRecord[]>;
  /** `id` is `traceId:spanId`. */
  decision(params: AgentParams & { readonly id: string }): Promise<DecisionRecord | undefined>;
  /** In the order received, the sessions that `sessionId` is the root of included. */
  sessionPath(params: { readonly tenant: string; readonly sessionId: string } & Limited): Promise<readonly DecisionRecord[]>;
  /** Newest first; without `agentId`, of all agents. */
  anomalies(params: WindowParams & Limited & { readonly agentId?: string }): Promise<readonly AnomalyRecord[]>;
  /** Of holds that anomalies placed in the window. */
  stopDelays(params: WindowParams): Promise<StopDelays>;
  /** Dearest first. */
  spendPerAgent(params: WindowParams & Limited): Promise<readonly SpendRecord[]>;
  /** Busiest first. */
  fleetActivity(params: WindowParams & Limited): Promise<readonly FleetActivity[]>;
  /**
   * Each distinct use of a window by agents that have a name, of all tenants, and whether it was found suspicious: what fleet priors are made of.
   * Tenants share the limit in equal parts; what one leaves of its part is the others'.
   */
  fleetUse(params: Omit<WindowParams, 'tenant'> & Limited): Promise<readonly FleetUseRecord[]>;
  /** What the detector drift last measured of each agent, or of one. */
  driftMetrics(params: WindowParams & Limited & { readonly agentId?: string }): Promise<readonly DriftMetricRecord[]>;
  /** What it measured of one agent, newest first. */
  driftMetricSeries(params: WindowParams & Limited & AgentParams): Promise<readonly DriftReading[]>;
  historyCounts(params: { readonly tenant: string }): Promise<HistoryCounts>;
  sequenceGaps(params: AgentParams): Promise<readonly SequenceGap[]>;
  /** One page of what was received, in the order received, after the row that the cursor names. `readHistory` reads them all. */
  historyDecisions(params: WindowParams & Limited & DecisionCursor & { readonly agentPrefix: string }): Promise<readonly StoredDecision[]>;
  /** The same for control events of these types, by control's clock. */
  historyEvents(params: WindowParams & Limited & EventCursor & { readonly types: readonly string[] }): Promise<readonly StoredEvent[]>;
}

interface DecisionCursor {
  readonly afterUs: number;
  readonly afterAgent: string;
  readonly afterEndedUs: number;
  readonly afterEndRank: number;
  readonly afterStartUs: number;
  readonly afterId: string;
}

interface EventCursor {
  readonly afterUs: number;
  readonly afterId: string;
}

/** A control event as it was written. */
interface StoredEvent {
  readonly id: string;
  readonly atUs: number;
  readonly payload: string;
}

const QUERIES_URL = new URL('../src/queries/', import.meta.url);
const NAMES = [
  'anomalies',
  'decision',
  'drift-metric-series',
  'drift-metrics',
  'fleet-activity',
  'fleet-use',
  'history-counts',
  'history-decisions',
  'history-events',
  'recent-decisions',
  'sequence-gaps',
  'session-path',
  'spend-per-agent',
  'stop-delays',
] as const;
type Name = (typeof NAMES)[number];

/** The named queries over a client of either engine. */
export async function createQueries(client: ClickHouseClient): Promise<StoreQueries> {
  const sql = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await readFile(new URL(`${name}.sql`, QUERIES_URL), 'utf8')] as const)),
  );
  const all = async <T>(name: Name, params: object): Promise<readonly T[]> => {
    try {
      const result = await client.query({ query: sql.get(name) ?? '', format: 'JSONEachRow', query_params: { ...params } });
      return await result.json<T>();
    } catch (error) {
      throw toStoreError(error, `the query ${name}`);
    }
  };
  const one = async <T>(name: Name, params: object): Promise<T> => {
    const [row] = await all<T>(name, params);
    if (row === undefined) throw toStoreError(new Error('no row came back'), `the query ${name}`);
    return row;
  };
  return {
    recentDecisions: (params) => all('recent-decisions', params),
    decision: async ({ id, ...params }) => (await all<DecisionRecord>('decision', { ...params, ...splitId(id) }))[0],
    sessionPath: (params) => all('session-path', params),
    anomalies: (params) => all('anomalies', { agentId: '', ...params }),
    stopDelays: (params) => one('stop-delays', params),
    spendPerAgent: (params) => all('spend-per-agent', params),
    fleetActivity: (params) => all('fleet-activity', params),
    fleetUse: (params) => all('fleet-use', params),
    driftMetrics: (params) => all('drift-metrics', { agentId: '', ...params }),
    driftMetricSeries: (params) => all('drift-metric-series', params),
    historyCounts: (params) => one('history-counts', params),
    sequenceGaps: (params) => all('sequence-gaps', params),
    historyDecisions: (params) => all('history-decisions', params),
    historyEvents: (params) => all('history-events', params),
  };
}

const splitId = (id: string): { traceId: string; spanId: string } => {
  const colon = id.indexOf(':');
  return { traceId: id.slice(0, colon), spanId: id.slice(colon + 1) };
};
