import type { Bus } from '@belay/bus';
import type { Clock, DecisionEvent, InputRecord, Json } from '@belay/protocol';
import type { JSONWebKeySet } from 'jose';
import type { ControlSettings } from './config.ts';
import type { Database } from './database/database.ts';
import type { Authenticator } from './http/authenticate.ts';
import type { RateLimiter } from './http/rate-limiter.ts';
import type { RunWork } from './ledger/work.ts';
import type { Logger } from './logger.ts';
import type { ControlMetrics } from './metrics.ts';
import type { AgentState, StateSigner } from './stream/agent-state.ts';
import type { EventFeed } from './stream/event-feed.ts';
import type { StateHub } from './stream/state-hub.ts';
import type { StreamRegistry } from './stream/stream-registry.ts';

/** Reads what detectors were told in a window (platform's clock, µs, both ends included), of agents whose id matches the glob. */
export type HistoryReader = (window: {
  readonly tenant: string;
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly agents: string;
}) => AsyncIterable<DecisionEvent | InputRecord>;

interface MetricsWindow {
  readonly tenant: string;
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly limit: number;
}

/** Reads what the detector drift measured: rows as `GET /v1/metrics/drift` answers them. */
export interface DriftMetricsReader {
  /** The newest reading of each metric, of one agent or of all. */
  latest(window: MetricsWindow & { readonly agentId?: string }): Promise<readonly object[]>;
  /** Of one agent, newest first. */
  series(window: MetricsWindow & { readonly agentId: string }): Promise<readonly object[]>;
}

/** What the calls of the HTTP interface work with. */
export interface Services {
  readonly settings: ControlSettings;
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly run: RunWork;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly hub: StateHub;
  readonly streams: StreamRegistry;
  readonly signer: StateSigner;
  readonly feed: EventFeed;
  readonly metrics: ControlMetrics;
  readonly jwks: JSONWebKeySet;
  readonly readState: (tenant: string, agentId: string) => Promise<AgentState>;
  /** The OpenAPI document. */
  readonly document: () => Record<string, unknown>;
  /** What the detectors say of themselves (learning, version), where they run in reach. */
  readonly detectorStatus: (() => Json) | undefined;
  /** Where the archive is in reach. */
  readonly history: HistoryReader | undefined;
  /** As history. */
  readonly driftMetrics: DriftMetricsReader | undefined;
  /** Who reads history now. */
  readonly historyReaders: Set<object>;
}
