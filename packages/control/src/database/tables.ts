import type { DetectorMode, FeedbackVerdict, HoldAction, HoldCause, HoldScope, RunState } from '@belay/protocol';
import type { ColumnType, Generated } from 'kysely';

/** JSON goes in as text and comes out parsed. */
type JsonColumn<T> = ColumnType<T, string, string>;

export interface TenantsTable {
  tenant: string;
  breaker_opened_us: Generated<number>;
  audit_seq: Generated<number>;
  audit_head: Generated<string>;
}

export interface AgentsTable {
  tenant: string;
  agent_id: string;
  name: string | null;
  version: string | null;
  environment: string | null;
  is_canary: boolean;
  epoch: Generated<number>;
  revision: Generated<number>;
  obedience: Generated<'obeying' | 'unconfirmed'>;
  first_seen_us: number;
  last_seen_us: number;
}

export interface RunsTable {
  tenant: string;
  agent_id: string;
  run_id: string;
  state: RunState;
  version: string | null;
  epoch_seen: number;
  last_seq: number;
  in_flight: number;
  sessions: JsonColumn<string[]>;
  longest_timeout_ms: number;
  unprotected_since_us: number | null;
  dropped_spans: number;
  started_us: number;
  last_heartbeat_us: number;
  ended_us: number | null;
  reported_us: number;
}

export interface HoldsTable {
  id: string;
  tenant: string;
  agent_id: string;
  action: HoldAction;
  scope: HoldScope;
  scope_id: string;
  reason: string;
  cause_kind: HoldCause;
  cause_ref: string;
  cause_key: string | null;
  link: string | null;
  placed_us: number;
  placed_by: string;
  released_us: number | null;
  released_by: string | null;
  release_reason: string | null;
}

export interface CommandsTable {
  id: string;
  tenant: string;
  agent_id: string;
  epoch: number;
  change: 'placed' | 'released';
  hold_id: string;
  actor: string;
  issued_us: number;
}

export interface CommandAcksTable {
  command_id: string;
  run_id: string;
  tenant: string;
  agent_id: string;
  epoch: number;
  applied_due_us: number;
  confirmed_due_us: number;
  received_us: number | null;
  applied_us: number | null;
  confirmed_us: number | null;
  refused: string | null;
  last_started_seq: number | null;
  in_flight: number | null;
  detail: string | null;
  reported_applied: Generated<boolean>;
  reported_confirmed: Generated<boolean>;
  settled: Generated<boolean>;
}

export interface DetectorModesTable {
  tenant: string;
  detector: string;
  agent_id: string;
  agent_name: string;
  environment: string;
  mode: DetectorMode;
  changed_us: number;
  changed_by: string;
}

interface AnomaliesTable {
  tenant: string;
  id: string;
  agent_id: string;
  body: JsonColumn<unknown>;
  disposition: string;
  hold_id: string | null;
  received_us: number;
}

export interface AnomalyFeedbackTable {
  tenant: string;
  id: Generated<number>;
  anomaly_id: string;
  agent_id: string;
  change: 'given' | 'withdrawn';
  verdict: FeedbackVerdict;
  note: string | null;
  actor: string;
  at_us: number;
}

/** What one detector would have done in a backtest, and the mode it ran in. */
export interface DetectorTrial {
  readonly detector: string;
  readonly mode: DetectorMode;
  readonly wouldPause: number;
  readonly wouldNotify: number;
}

export interface BacktestsTable {
  tenant: string;
  id: string;
  config_digest: string;
  detectors: JsonColumn<DetectorTrial[]>;
  source: string;
  from_us: number;
  until_us: number;
  decisions: number;
  would_pause: number;
  would_notify: number;
  agent_hours: number;
  recorded_us: number;
  recorded_by: string;
}

interface WebhookEventsTable {
  tenant: string;
  source: string;
  key: string;
  received_us: number;
}

interface IdempotencyKeysTable {
  tenant: string;
  principal: string;
  call: string;
  key: string;
  request_digest: string;
  status: number | null;
  body: JsonColumn<unknown>;
  created_us: number;
}

interface RevokedTokensTable {
  tenant: string;
  jti: string;
  revoked_us: number;
  revoked_by: string;
}

export interface OutboxTable {
  id: Generated<number>;
  tenant: string;
  topic: string;
  key: string;
  value: string;
  every_partition: boolean;
  timestamp_us: number;
  published_us: number | null;
}

export interface AuditTable {
  tenant: string;
  seq: number;
  at_us: number;
  actor: string;
  action: string;
  agent_id: string | null;
  details: string;
  prev_hash: string;
  hash: string;
}

/** The tables of database/migrations, as Kysely sees them. */
export interface Tables {
  tenants: TenantsTable;
  agents: AgentsTable;
  runs: RunsTable;
  holds: HoldsTable;
  commands: CommandsTable;
  command_acks: CommandAcksTable;
  detector_modes: DetectorModesTable;
  anomalies: AnomaliesTable;
  anomaly_feedback: AnomalyFeedbackTable;
  backtests: BacktestsTable;
  webhook_events: WebhookEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  revoked_tokens: RevokedTokensTable;
  outbox: OutboxTable;
  audit: AuditTable;
}
