import { z } from 'zod';
import { FEEDBACK_CHANGES, FEEDBACK_VERDICTS, HOLD_ACTIONS, HOLD_SCOPES } from '../event/vocabulary.ts';
import { ackSchema, heartbeatSchema, holdSchema } from './hold.ts';

const base = {
  v: z.literal(1),
  /** Unique; the identity of the row in `control_events`. */
  id: z.string().max(64),
  tenant: z.string().max(63),
  agentId: z.string().max(256),
  atUs: z.number().int(),
  /** Who: operator id, `detector:<id>`, `webhook:<name>`, `agent`, `control`. */
  actor: z.string().max(256),
};

/** Value of `belay.control.v1`: what happened in control, written through the outbox in order per agent. */
export const controlEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...base,
    type: z.literal('hold.placed'),
    epoch: z.number().int().nonnegative(),
    commandId: z.string().max(64),
    hold: holdSchema,
  }),
  z.strictObject({
    ...base,
    type: z.literal('hold.released'),
    epoch: z.number().int().nonnegative(),
    commandId: z.string().max(64),
    holdId: z.string().max(64),
    reason: z.string().max(1024),
    action: z.enum(HOLD_ACTIONS).optional(),
    scope: z.enum(HOLD_SCOPES).optional(),
    scopeId: z.string().max(256).optional(),
  }),
  z.strictObject({ ...base, type: z.literal('ack'), ack: ackSchema }),
  z.strictObject({
    ...base,
    type: z.literal('command.unconfirmed'),
    commandId: z.string().max(64),
    runId: z.string().max(64),
    missing: z.enum(['applied', 'confirmed']),
    dueUs: z.number().int(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('run.state'),
    runId: z.string().max(64),
    from: z.string().max(16).optional(),
    to: z.string().max(16),
  }),
  z.strictObject({ ...base, type: z.literal('heartbeat'), heartbeat: heartbeatSchema }),
  /** `agentId` is `*` when the setting is for agents by name and environment (globs), or for all of them. */
  z.strictObject({
    ...base,
    type: z.literal('mode.changed'),
    detector: z.string().max(64),
    mode: z.string().max(16),
    agentName: z.string().max(256).optional(),
    environment: z.string().max(64).optional(),
    /** Why it was raised without a backtest. */
    reason: z.string().max(1024).optional(),
  }),
  /** A person judged an anomaly, or took that back. */
  z.strictObject({
    ...base,
    type: z.literal('anomaly.feedback'),
    anomalyId: z.string().max(96),
    detector: z.string().max(64),
    rule: z.string().max(64),
    cause: z.string().max(512).optional(),
    verdict: z.enum(FEEDBACK_VERDICTS),
    change: z.enum(FEEDBACK_CHANGES),
    note: z.string().max(1024).optional(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('breaker.opened'),
    heldAgents: z.number().int(),
    limit: z.number().int(),
    windowMs: z.number().int(),
  }),
]);
export type ControlEvent = z.infer<typeof controlEventSchema>;
