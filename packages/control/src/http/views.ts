import { holdSchema, vocabulary } from '@belay/protocol';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type {
  AgentsTable,
  AnomalyFeedbackTable,
  AuditTable,
  BacktestsTable,
  CommandAcksTable,
  CommandsTable,
  DetectorModesTable,
  HoldsTable,
  RunsTable,
} from '../database/tables.ts';

/** An agent as operators see it. Times µs. */
export const agentView = z.object({
  agentId: z.string(),
  name: z.string().nullable(),
  version: z.string().nullable(),
  environment: z.string().nullable(),
  epoch: z.number().int(),
  obedience: z.enum(['obeying', 'unconfirmed']).describe('unconfirmed: it owes an acknowledgement that is overdue'),
  state: z.enum(vocabulary.RUN_STATES).nullable().describe('of the run heard from last; null when no run was ever heard of'),
  liveRuns: z.number().int(),
  openHolds: z.number().int(),
  isCanary: z.boolean(),
  firstSeenUs: z.number(),
  lastSeenUs: z.number(),
});

export const agentToView = (
  row: Selectable<AgentsTable>,
  facts: { state: RunsTable['state'] | null; live: number; open: number },
): z.infer<typeof agentView> => ({
  agentId: row.agent_id,
  name: row.name,
  version: row.version,
  environment: row.environment,
  epoch: row.epoch,
  obedience: row.obedience,
  state: facts.state,
  liveRuns: facts.live,
  openHolds: facts.open,
  isCanary: row.is_canary,
  firstSeenUs: row.first_seen_us,
  lastSeenUs: row.last_seen_us,
});

export const runView = z.object({
  agentId: z.string(),
  runId: z.string(),
  state: z.enum(vocabulary.RUN_STATES),
  version: z.string().nullable(),
  epochSeen: z.number().int(),
  lastSeq: z.number().int(),
  inFlight: z.number().int(),
  sessions: z.array(z.string()),
  longestTimeoutMs: z.number().int(),
  unprotectedSinceUs: z.number().nullable(),
  droppedSpans: z.number().int(),
  startedUs: z.number(),
  lastHeartbeatUs: z.number(),
  endedUs: z.number().nullable(),
});

export const runToView = (row: Selectable<RunsTable>): z.infer<typeof runView> => ({
  agentId: row.agent_id,
  runId: row.run_id,
  state: row.state,
  version: row.version,
  epochSeen: row.epoch_seen,
  lastSeq: row.last_seq,
  inFlight: row.in_flight,
  sessions: row.sessions,
  longestTimeoutMs: row.longest_timeout_ms,
  unprotectedSinceUs: row.unprotected_since_us,
  droppedSpans: row.dropped_spans,
  startedUs: row.started_us,
  lastHeartbeatUs: row.last_heartbeat_us,
  endedUs: row.ended_us,
});

export const holdView = holdSchema.extend({
  agentId: z.string(),
  placedBy: z.string(),
  link: z.string().nullable(),
  releasedUs: z.number().nullable(),
  releasedBy: z.string().nullable(),
  releaseReason: z.string().nullable(),
});

export const holdToView = (row: Selectable<HoldsTable>): z.infer<typeof holdView> => ({
  id: row.id,
  agentId: row.agent_id,
  action: row.action,
  scope: row.scope,
  scopeId: row.scope_id,
  reason: row.reason,
  cause: { kind: row.cause_kind, ref: row.cause_ref },
  placedUs: row.placed_us,
  placedBy: row.placed_by,
  link: row.link,
  releasedUs: row.released_us,
  releasedBy: row.released_by,
  releaseReason: row.release_reason,
});

const ackView = z.object({
  runId: z.string(),
  receivedUs: z.number().nullable(),
  appliedUs: z.number().nullable(),
  confirmedUs: z.number().nullable(),
  appliedDueUs: z.number(),
  confirmedDueUs: z.number(),
  refused: z.string().nullable().describe('rejected or failed, as the run said'),
  detail: z.string().nullable(),
  lastStartedSeq: z.number().int().nullable(),
  isOverdue: z.boolean(),
});

export const commandView = z.object({
  id: z.string(),
  agentId: z.string(),
  epoch: z.number().int(),
  change: z.enum(['placed', 'released']),
  holdId: z.string(),
  actor: z.string(),
  issuedUs: z.number(),
  acks: z.array(ackView),
});

export const commandToView = (
  row: Selectable<CommandsTable>,
  acks: readonly Selectable<CommandAcksTable>[],
): z.infer<typeof commandView> => ({
  id: row.id,
  agentId: row.agent_id,
  epoch: row.epoch,
  change: row.change,
  holdId: row.hold_id,
  actor: row.actor,
  issuedUs: row.issued_us,
  acks: acks.map(ackToView),
});

const ackToView = (row: Selectable<CommandAcksTable>): z.infer<typeof ackView> => ({
  runId: row.run_id,
  receivedUs: row.received_us,
  appliedUs: row.applied_us,
  confirmedUs: row.confirmed_us,
  appliedDueUs: row.applied_due_us,
  confirmedDueUs: row.confirmed_due_us,
  refused: row.refused,
  detail: row.detail,
  lastStartedSeq: row.last_started_seq,
  isOverdue: !row.settled && ((row.reported_applied && row.applied_us === null) || (row.reported_confirmed && row.confirmed_us === null)),
});

export const auditView = z.object({
  seq: z.number().int(),
  atUs: z.number(),
  actor: z.string(),
  action: z.string(),
  agentId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  prevHash: z.string(),
  hash: z.string(),
});

export const auditToView = (row: Selectable<AuditTable>): z.infer<typeof auditView> => ({
  seq: row.seq,
  atUs: row.at_us,
  actor: row.actor,
  action: row.action,
  agentId: row.agent_id,
  details: JSON.parse(row.details) as Record<string, unknown>,
  prevHash: row.prev_hash,
  hash: row.hash,
});

export const feedbackView = z.object({
  verdict: z.enum(vocabulary.FEEDBACK_VERDICTS),
  note: z.string().nullable(),
  actor: z.string(),
  atUs: z.number(),
});

export const feedbackToView = ({ verdict, note, actor, at_us }: Selectable<AnomalyFeedbackTable>): z.infer<typeof feedbackView> => ({
  verdict,
  note,
  actor,
  atUs: at_us,
});

export const modeView = z.object({
  detector: z.string(),
  agentId: z.string().nullable(),
  agentName: z.string().nullable().describe('glob'),
  environment: z.string().nullable().describe('glob'),
  mode: z.enum(vocabulary.DETECTOR_MODES),
  changedUs: z.number(),
  changedBy: z.string(),
});

export const modeToView = (row: Selectable<DetectorModesTable>): z.infer<typeof modeView> => ({
  detector: row.detector,
  agentId: row.agent_id || null,
  agentName: row.agent_name || null,
  environment: row.environment || null,
  mode: row.mode,
  changedUs: row.changed_us,
  changedBy: row.changed_by,
});

export const detectorTrial = z.strictObject({
  detector: z.string().min(1).max(64),
  mode: z.enum(vocabulary.DETECTOR_MODES).describe('the mode it ran in: it may be raised to this one'),
  wouldPause: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  wouldNotify: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
});

export const backtestView = z.object({
  id: z.string(),
  configDigest: z.string(),
  detectors: z.array(detectorTrial),
  source: z.string(),
  fromUs: z.number(),
  untilUs: z.number(),
  decisions: z.number().int(),
  wouldPause: z.number().int(),
  wouldNotify: z.number().int(),
  agentHours: z.number(),
  recordedUs: z.number(),
  recordedBy: z.string(),
});

export const backtestToView = (row: Selectable<BacktestsTable>): z.infer<typeof backtestView> => ({
  id: row.id,
  configDigest: row.config_digest,
  detectors: row.detectors,
  source: row.source,
  fromUs: row.from_us,
  untilUs: row.until_us,
  decisions: row.decisions,
  wouldPause: row.would_pause,
  wouldNotify: row.would_notify,
  agentHours: row.agent_hours,
  recordedUs: row.recorded_us,
  recordedBy: row.recorded_by,
});
