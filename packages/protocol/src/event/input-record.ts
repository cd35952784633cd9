import { z } from 'zod';
import { FEEDBACK_CHANGES, FEEDBACK_VERDICTS, HOLD_ACTIONS, HOLD_SCOPES, MODE_SETTINGS, RUN_STATES } from './vocabulary.ts';

const micros = z.number().int();
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Keys of one `prior` record at most: a line stays under the limit of the log. */
export const PRIOR_KEYS_MAX = 1_000;
/** Sequence numbers in flight in one `heartbeat` record at most. */
export const IN_FLIGHT_SEQS_MAX = 256;

/**
 * What detectors act on besides decisions: lines of the same partitions of `belay.decisions.v1`, told apart by `record`
 * (docs/contracts.md §2.5). Replaying the log replays these too, so findings repeat.
 */
export const inputRecordSchema = z.discriminatedUnion('record', [
  /**
   * Mode of a detector changed: for the agent `agentId`; without it, for the agents of the tenant on this partition whose name and
   * environment match the globs. Of the settings that concern an agent the newest holds; `default` takes back the one for the same agents.
   */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('mode'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256).optional(),
    agentName: z.string().max(256).optional(),
    environment: z.string().max(64).optional(),
    detector: z.string().max(64),
    mode: z.enum(MODE_SETTINGS),
    atUs: z.number().int(),
  }),
  /** A hold on an agent was placed or released: what `loop` needs to know that a loop goes on after its pause was lifted. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('hold'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256),
    holdId: z.string().max(64),
    change: z.enum(['placed', 'released']),
    action: z.enum(HOLD_ACTIONS).optional(),
    scope: z.enum(HOLD_SCOPES).optional(),
    scopeId: z.string().max(256).optional(),
    /** The agent's epoch that this change made. */
    epoch: count.optional(),
    atUs: micros,
  }),
  /** A run acknowledged a command: what `zombie` needs. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('ack'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256),
    runId: z.string().max(64),
    commandId: z.string().max(64),
    epoch: count,
    state: z.enum(['applied', 'confirmed']),
    lastStartedSeq: count,
    atUs: micros,
  }),
  /** A run says how far it is: what `telemetry_gap` needs. At least one a minute and run reaches the log. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('heartbeat'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256),
    runId: z.string().max(64),
    state: z.enum(RUN_STATES),
    lastSeq: count,
    inFlightSeqs: z.array(count).max(IN_FLIGHT_SEQS_MAX),
    droppedSpans: count,
    atUs: micros,
  }),
  /** A person judged an anomaly, or took that back: detectors learn what is expected, and forget it again. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('feedback'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256),
    anomalyId: z.string().max(96),
    detector: z.string().max(64),
    rule: z.string().max(64),
    /** `cause` of the anomaly; absent on anomalies older than the field. */
    cause: z.string().max(512).optional(),
    verdict: z.enum(FEEDBACK_VERDICTS),
    change: z.enum(FEEDBACK_CHANGES),
    atUs: micros,
  }),
  /**
   * What agents of one name use unflagged, for every agent of the tenant on this partition: part `part` of `parts` (from 0) of version
   * `version`, which replaces the one before when its last part is there.
   */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('prior'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentName: z.string().max(256),
    detector: z.string().max(64),
    version: count,
    part: count,
    parts: z.number().int().min(1).max(64),
    keys: z.array(z.string().regex(/^[0-9a-f]{16}$/)).max(PRIOR_KEYS_MAX),
    atUs: micros,
  }),
]);

export type InputRecord = z.infer<typeof inputRecordSchema>;
