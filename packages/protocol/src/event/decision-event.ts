import { z } from 'zod';
import { isAgentId, TENANT_PATTERN } from '../keys.ts';
import {
  EFFECTS,
  ERROR_CLASSES,
  EVENT_KINDS,
  EVENT_SOURCES,
  OUTCOME_STATUSES,
  POLICY_ACTIONS,
  POLICY_VERDICTS,
  RUN_STATES,
  SENSITIVITIES,
} from './vocabulary.ts';

const text = (max: number) => z.string().max(max);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const micros = z.number().int().min(-8.64e15).max(8.64e15);
const nanoUsd = z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const unit = z.number().min(0).max(1);
const strings = (items: number, max: number) => z.array(text(max)).max(items);

/** One argument of a call, as detectors may see it when content capture is off. */
export const featureSchema = z.strictObject({
  /** Path of the argument, e.g. `to`, `recipients.0`, `query`. */
  role: text(128),
  kind: z.enum(['mail', 'url', 'path', 'number', 'date', 'boolean', 'id', 'account', 'phone', 'code', 'text', 'empty', 'list', 'object']),
  /** Keyed hash of a short value (≤ 64 characters), 16 hex digits; absent for long ones. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** Length of the value in UTF-16 units (items for a list). */
  length: count.optional(),
  flags: strings(8, 32).optional(),
});

const callSchema = z.strictObject({
  name: text(256),
  effect: z.enum(EFFECTS),
  tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  reversible: z.boolean().optional(),
  sensitivity: z.enum(SENSITIVITIES).optional(),
  maxImpact: z.strictObject({ rows: count.optional(), usd: z.number().nonnegative().optional(), recipients: count.optional() }).optional(),
  confidence: unit.optional(),
  attempt: count.optional(),
  retryOf: text(64).optional(),
  /** The author declares that repeating this call unchanged is its purpose. */
  poll: z.boolean().optional(),
  digest: text(96).optional(),
  sketch: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  destinations: strings(32, 512),
  features: z.array(featureSchema).max(16).optional(),
  argumentsPreview: text(4096).optional(),
  argumentsBytes: count.optional(),
  callId: text(256).optional(),
});

const outcomeSchema = z.strictObject({
  status: z.enum(OUTCOME_STATUSES),
  errorType: text(256).optional(),
  errorClass: z.enum(ERROR_CLASSES).optional(),
  resultDigest: text(96).optional(),
  resultBytes: count.optional(),
  resultPreview: text(4096).optional(),
  empty: z.boolean().optional(),
  summary: text(1024).optional(),
  affected: count.optional(),
  mentions: strings(32, 512).optional(),
});

/** One decision of one agent: the line schema of `belay.decisions.v1` (docs/contracts.md §2.2). Times µs, money nano-USD. */
export const decisionEventSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}:[0-9a-f]{16}$/),
  tenant: z.string().regex(TENANT_PATTERN),
  agent: z.strictObject({
    id: z.string().refine(isAgentId, 'must be 1–256 bytes of UTF-8 without control characters'),
    name: text(256).optional(),
    version: text(64).optional(),
  }),
  environment: text(64).optional(),
  runId: text(64).optional(),
  seq: count.optional(),
  sessionId: text(256).optional(),
  rootSessionId: text(256).optional(),
  turn: count.optional(),
  taskId: text(256).optional(),
  taskName: text(256).optional(),
  plan: z.strictObject({ id: text(256), step: count.optional(), steps: count.optional() }).optional(),
  kind: z.enum(EVENT_KINDS),
  startUs: micros,
  durationUs: count,
  receivedUs: micros,
  intent: text(1024).optional(),
  reasoningSpanId: text(64).optional(),
  call: callSchema.optional(),
  policy: z
    .strictObject({
      verdict: z.enum(POLICY_VERDICTS),
      action: z.enum(POLICY_ACTIONS),
      ruleId: text(128).optional(),
      version: text(64).optional(),
      reason: text(512).optional(),
    })
    .optional(),
  approval: z
    .strictObject({ ticketId: text(64), status: text(32), waitMs: count.optional(), approvers: strings(16, 256).optional() })
    .optional(),
  outcome: outcomeSchema.optional(),
  divergence: z.strictObject({ score: unit, reasons: strings(16, 256) }).optional(),
  usage: z
    .strictObject({
      inputTokens: count.optional(),
      outputTokens: count.optional(),
      cacheReadTokens: count.optional(),
      cacheCreationTokens: count.optional(),
      reasoningTokens: count.optional(),
    })
    .optional(),
  costNanoUsd: nanoUsd.optional(),
  estimatedCostNanoUsd: nanoUsd.optional(),
  budget: z
    .strictObject({
      id: text(128),
      remainingNanoUsd: nanoUsd.optional(),
      remainingTokens: z.number().int().optional(),
      remainingCalls: z.number().int().optional(),
    })
    .optional(),
  model: z.strictObject({ provider: text(128).optional(), request: text(256).optional(), response: text(256).optional() }).optional(),
  contextCondensed: z.boolean().optional(),
  control: z.strictObject({ state: z.enum(RUN_STATES).optional(), commandId: text(64).optional() }).optional(),
  source: z.enum(EVENT_SOURCES),
  trace: z.strictObject({ traceId: text(32), spanId: text(16), parentSpanId: text(16).optional() }),
});

export type DecisionEvent = z.infer<typeof decisionEventSchema>;
export type Call = z.infer<typeof callSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type Feature = z.infer<typeof featureSchema>;
