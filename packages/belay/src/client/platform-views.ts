import { anomalySchema, holdSchema } from '@belay/protocol';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { configuredRuleSchema } from './configured-rules.ts';

/** The answers of control's operator plane, as far as this command line reads them. Unknown members are let through, so versions may differ. */
const agentViewSchema = z.looseObject({
  agentId: z.string(),
  name: z.string().nullish(),
  version: z.string().nullish(),
  environment: z.string().nullish(),
  epoch: z.number(),
  obedience: z.string().nullish(),
  state: z.string().nullish(),
  liveRuns: z.number(),
  openHolds: z.number(),
  lastSeenUs: z.number(),
});
export type AgentView = z.infer<typeof agentViewSchema>;

const holdViewSchema = z.looseObject({
  ...holdSchema.shape,
  agentId: z.string(),
  placedBy: z.string().nullish(),
  releasedUs: z.number().nullish(),
  releasedBy: z.string().nullish(),
});
export type HoldView = z.infer<typeof holdViewSchema>;

export const agentsSchema = z.object({ agents: z.array(agentViewSchema) });
export const holdsSchema = z.object({ holds: z.array(holdViewSchema) });
const verdictOfSchema = z.looseObject({ verdict: z.string(), actor: z.string() });
const anomalyViewSchema = z.looseObject({
  anomaly: z.looseObject(anomalySchema.shape),
  disposition: z.string().optional(),
  feedback: verdictOfSchema.nullish(),
});
export type AnomalyView = z.infer<typeof anomalyViewSchema>;
export const anomaliesSchema = z.object({ anomalies: z.array(anomalyViewSchema) });
const breakerViewSchema = z.looseObject({
  isOpen: z.boolean(),
  heldAgents: z.number(),
  limit: z.number(),
  windowMs: z.number(),
  untilUs: z.number().nullish(),
});
export type BreakerView = z.infer<typeof breakerViewSchema>;
/** Absent in the answer of an older control. */
export const breakerSchema = z.object({ breaker: breakerViewSchema.optional() });
export const modesSchema = z.object({
  detectors: z.array(z.string()),
  modes: z.array(
    z.looseObject({
      detector: z.string(),
      agentId: z.string().nullish(),
      agentName: z.string().nullish(),
      environment: z.string().nullish(),
      mode: z.string(),
      changedBy: z.string(),
      changedUs: z.number().nullish(),
    }),
  ),
  /** Absent in the answer of an older control. */
  promotion: z.looseObject({ minSpanMs: z.number(), minDecisions: z.number() }).optional(),
  status: z
    .looseObject({
      configDigest: z.string().optional(),
      configSinceUs: z.number().optional(),
      detectors: z.array(z.looseObject({ id: z.string(), mode: z.string().optional() })).optional(),
      modes: z.array(configuredRuleSchema).optional(),
    })
    .nullish(),
});
export const modeSetSchema = z.looseObject({ detectors: z.array(z.string()), mode: z.string(), backtestId: z.string().nullish() });
export const feedbackSchema = z.looseObject({ anomalyId: z.string(), feedback: verdictOfSchema.nullable(), isNews: z.boolean() });
const backtestViewSchema = z.looseObject({
  id: z.string(),
  configDigest: z.string(),
  source: z.string(),
  fromUs: z.number(),
  untilUs: z.number(),
  detectors: z.array(z.looseObject({ detector: z.string(), mode: z.string(), wouldPause: z.number(), wouldNotify: z.number() })),
  decisions: z.number(),
  agentHours: z.number(),
  recordedUs: z.number(),
  recordedBy: z.string(),
});
export const recordedSchema = z.looseObject({ id: z.string() });
export const backtestsSchema = z.object({ backtests: z.array(backtestViewSchema) });
export const placedSchema = z.object({ hold: z.looseObject({ id: z.string() }), epoch: z.number(), commandId: z.string() });
export const releasedSchema = z.object({ epoch: z.number(), commandId: z.string(), openHolds: z.number() });
export const commandsSchema = z.object({
  commands: z.array(
    z.looseObject({
      id: z.string(),
      acks: z.array(
        z.looseObject({
          runId: z.string(),
          appliedUs: z.number().nullish(),
          confirmedUs: z.number().nullish(),
          refused: z.string().nullish(),
        }),
      ),
    }),
  ),
});
export const verdictSchema = z.union([
  z.object({ intact: z.literal(true), entries: z.number(), head: z.string() }),
  z.object({ intact: z.literal(false), seq: z.number(), problem: z.string() }),
]);

/** @throws CliError when control answers something else: another version, or no Belay at all. */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new CliError(EXIT.failure, `Control's answer about ${what} is not understood (${issue?.path.join('.')}: ${issue?.message}).`, {
    hint: 'Is it the same version as this command line? "belay doctor" compares them.',
  });
}
