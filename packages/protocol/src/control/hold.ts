import { z } from 'zod';
import { HOLD_ACTIONS, HOLD_CAUSES, HOLD_SCOPES, RUN_STATES } from '../event/vocabulary.ts';

/** What stops an agent (docs/contracts.md §2.7). The agent acts again when no hold is left. */
export const holdSchema = z.strictObject({
  id: z.string().max(64),
  action: z.enum(HOLD_ACTIONS),
  scope: z.enum(HOLD_SCOPES),
  /** Session id, run id, or agent id, as `scope` says. */
  scopeId: z.string().max(256),
  /** Shown to the agent's model and to people: why, and what would lift it. */
  reason: z.string().max(1024),
  cause: z.strictObject({ kind: z.enum(HOLD_CAUSES), ref: z.string().max(256) }),
  placedUs: z.number().int(),
});
export type Hold = z.infer<typeof holdSchema>;

/**
 * Payload of the signed state (JWS, EdDSA): the agent's complete control state. Level-triggered: the epoch decides, an older one is
 * ignored, the same one is idempotent. `nonce` repeats the client's on the answer to a connect or a poll.
 */
export const signedStateSchema = z.object({
  iss: z.literal('belay-control'),
  /** Agent key, see `agentKey`. */
  aud: z.string().max(1024),
  jti: z.string().max(64),
  iat: z.number(),
  /** Grows by one with each change of the agent's holds. */
  epoch: z.number().int().nonnegative(),
  holds: z.array(holdSchema).max(256),
  /** The command that made this epoch; absent at epoch 0. */
  commandId: z.string().max(64).optional(),
  nonce: z.string().max(128).optional(),
});
export type SignedState = z.infer<typeof signedStateSchema>;

export const ACK_STATES = ['received', 'applied', 'confirmed', 'rejected', 'failed'] as const;
export type AckState = (typeof ACK_STATES)[number];

/** Body of `POST /v1/agent/acks` (one object). *applied* = no new action can start; *confirmed* = nothing covered is in flight any more. */
export const ackSchema = z.strictObject({
  agentId: z.string().max(256),
  commandId: z.string().max(64),
  epoch: z.number().int().nonnegative(),
  runId: z.string().max(64),
  state: z.enum(ACK_STATES),
  /** Agent's clock, µs. */
  atUs: z.number().int(),
  /** Highest `belay.decision.seq` started when the gate closed. */
  lastStartedSeq: z.number().int().nonnegative(),
  inFlight: z.number().int().nonnegative(),
  detail: z.string().max(1024).optional(),
});
export type Ack = z.infer<typeof ackSchema>;

/** Body of `POST /v1/agent/heartbeats`. Sent every 5 s by default, and at once when the run state changes. */
export const heartbeatSchema = z.strictObject({
  agentId: z.string().max(256),
  runId: z.string().max(64),
  name: z.string().max(256).optional(),
  version: z.string().max(64).optional(),
  environment: z.string().max(64).optional(),
  state: z.enum(RUN_STATES),
  epoch: z.number().int().nonnegative(),
  lastSeq: z.number().int().nonnegative(),
  inFlightSeqs: z.array(z.number().int()).max(1000),
  sessions: z.array(z.string().max(256)).max(256),
  /** Longest time-out among actions in flight, ms: the deadline of *confirmed* is this + 5 s. */
  longestTimeoutMs: z.number().int().nonnegative(),
  /** Set while no state could be had from control. */
  unprotectedSinceUs: z.number().int().optional(),
  droppedSpans: z.number().int().nonnegative(),
  atUs: z.number().int(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;
