import { z } from 'zod';
import { DETECTOR_MODES, RESPONSES, SEVERITIES, SUPPRESSIONS } from '../event/vocabulary.ts';

/** Something a detector found: the value of `belay.anomalies.v1` (docs/contracts.md §2.6). Times µs. */
export const anomalySchema = z.strictObject({
  v: z.literal(1),
  /** Digest of the canonical array [tenant, agentId, detector, detectorVersion, rule, subject]; see `anomalyId`. */
  id: z.string().max(96),
  subject: z.strictObject({ kind: z.enum(['decision', 'command', 'run', 'window']), id: z.string().max(512) }),
  tenant: z.string().max(63),
  agentId: z.string().max(256),
  agentVersion: z.string().max(64).optional(),
  environment: z.string().max(64).optional(),
  runId: z.string().max(64).optional(),
  sessionId: z.string().max(256).optional(),
  taskId: z.string().max(256).optional(),
  detector: z.string().max(64),
  rule: z.string().max(64),
  detectorVersion: z.number().int().positive(),
  score: z.number().min(0).max(1),
  severity: z.enum(SEVERITIES),
  /** One sentence an on-call person understands at 3 a.m. */
  explanation: z.string().max(2048),
  triggerDecisionId: z.string().max(64).optional(),
  evidence: z.strictObject({
    decisionIds: z.array(z.string().max(64)).max(64),
    facts: z.record(z.string().max(64), z.union([z.string().max(512), z.number()])),
  }),
  /** End of the trigger decision, agent's clock. */
  triggerUs: z.number().int(),
  /** When the detector said so, platform's clock. */
  detectedUs: z.number().int(),
  mode: z.enum(DETECTOR_MODES),
  response: z.enum(RESPONSES),
  suppressed: z.enum(SUPPRESSIONS).optional(),
  groupId: z.string().max(96).optional(),
  /** What findings of one story share, per agent and detector: what feedback is about. */
  cause: z.string().max(512).optional(),
});

export type Anomaly = z.infer<typeof anomalySchema>;
