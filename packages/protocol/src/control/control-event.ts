import { z } from 'zod';
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
  z.strictObject({ ...base, type: z.literal('hold.placed'), epoch: z.number().int(), commandId: z.string().max(64), hold: holdSchema }),
  z.strictObject({
    ...base,
    type: z.literal('hold.released'),
    epoch: z.number().int(),
    commandId: z.string().max(64),
    holdId: z.string().max(64),
    reason: z.string().max(1024),
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
  z.strictObject({ ...base, type: z.literal('mode.changed'), detector: z.string().max(64), mode: z.string().max(16) }),
  z.strictObject({
    ...base,
    type: z.literal('breaker.opened'),
    heldAgents: z.number().int(),
    limit: z.number().int(),
    windowMs: z.number().int(),
  }),
]);
export type ControlEvent = z.infer<typeof controlEventSchema>;
