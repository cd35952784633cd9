import { z } from 'zod';
import { DETECTOR_MODES, EVENT_KINDS, OUTCOME_STATUSES } from './vocabulary.ts';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const micros = z.number().int();

/**
 * What one decision means to the tree of agents it belongs to: the line schema of `belay.conversations.v1` (docs/contracts.md §2.5), keyed by
 * tenant and root session. Only decisions of trees become steps. Times µs, money nano-USD.
 */
export const conversationStepSchema = z.strictObject({
  v: z.literal(1),
  /** Of the decision. */
  id: z.string().max(64),
  tenant: z.string().max(63),
  rootSessionId: z.string().max(256),
  sessionId: z.string().max(256).optional(),
  agentId: z.string().max(256),
  agentName: z.string().max(256).optional(),
  agentVersion: z.string().max(64).optional(),
  environment: z.string().max(64).optional(),
  runId: z.string().max(64).optional(),
  seq: count.optional(),
  kind: z.enum(EVENT_KINDS),
  /** The agent that is given work or a message; absent when nobody is. */
  peer: z.string().max(256).optional(),
  /** Of the call: what was handed over; absent for a declared poll, which repeats on purpose. */
  digest: z.string().max(96).optional(),
  sketch: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  status: z.enum(OUTCOME_STATUSES).optional(),
  /** The mode that an operator set for `conversation_loop` on this agent, if any: who reads steps knows no operator's settings. */
  override: z.enum(DETECTOR_MODES).optional(),
  /** Causes of `conversation_loop` that a person called expected or false on this agent, newest last. */
  accepted: z.array(z.string().max(512)).max(16).optional(),
  /** When a hold of this agent was lifted last; platform's clock. */
  releasedUs: micros.optional(),
  costNanoUsd: count,
  /** Agent's clock, never ahead of the collector's by more than the tolerance of the detector that wrote the step. */
  startUs: micros,
  endUs: micros,
  receivedUs: micros,
});

export type ConversationStep = z.infer<typeof conversationStepSchema>;
