import { vocabulary } from '@belay/protocol';
import { z } from 'zod';
import { CONVERSATION_DETECTOR } from './conversation/conversation-detector.ts';
import { detectorRegistry } from './detectors/registry.ts';

const glob = z.string().min(1).max(256);

const modeRuleSchema = z.strictObject({
  detector: glob.default('*').describe('Detector id, as a glob.'),
  rule: glob.default('*').describe('Rule id, as a glob: `cap_*` are the absolute caps.'),
  tenant: glob.default('*').describe('Tenant, as a glob.'),
  agent: glob.default('*').describe('Agent id, as a glob.'),
  agentName: glob.optional().describe('Agent name, as a glob; an agent without a name does not match.'),
  environment: glob.optional().describe('Environment, as a glob; an agent without one does not match.'),
  mode: z.enum(vocabulary.DETECTOR_MODES).describe('shadow = recorded only, warn = notify, enforce = pause (or kill where allowed).'),
});

const acceptedSchema = z.strictObject({
  detector: glob.describe('Detector id, as a glob.'),
  rule: glob.default('*').describe('Rule id, as a glob.'),
  agent: glob.describe('Agent id, as a glob.'),
});

/** Caps and spend enforcement that Belay ships with: `loop` and the absolute caps pause, `spend_rate` warns, anything new is in shadow. */
const SHIPPED_MODES: readonly z.input<typeof modeRuleSchema>[] = [
  { detector: 'loop', mode: 'enforce' },
  { detector: '*', rule: 'cap_*', mode: 'enforce' },
  { detector: 'spend_rate', mode: 'warn' },
];

const base = {
  group: z.string().min(1).max(128).default('belay-detector').describe('Consumer group; its checkpoints carry this name. Unit: name.'),
  modes: z
    .array(modeRuleSchema)
    .max(1024)
    .default(SHIPPED_MODES.map((rule) => modeRuleSchema.parse(rule)))
    .describe(
      'Mode per detector and agent: the first rule that matches; none = shadow. A `mode` record of an operator wins. Unit: list of rules.',
    ),
  accepted: z
    .array(acceptedSchema)
    .max(1024)
    .default([])
    .describe('Findings known and accepted: recorded, never answered. Unit: list of rules.'),
  kill: z
    .array(z.strictObject({ detector: glob, rule: glob }))
    .max(64)
    .default([])
    .describe(
      'Critical findings that kill instead of pausing, of stable detectors only, e.g. { "detector": "loop", "rule": "L0" }. Unit: list of rules.',
    ),
  staleAfterSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe('A decision received longer ago than this when judged may notify, not pause. Unit: seconds.'),
  skewToleranceSeconds: z
    .number()
    .nonnegative()
    .max(86_400)
    .default(60)
    .describe('An agent clock this far ahead of the collector is flagged as skewed and clamped. Unit: seconds.'),
  coolDownSeconds: z
    .number()
    .nonnegative()
    .max(86_400)
    .default(300)
    .describe(
      'Repeats of one cause within this time of its last notification are recorded sparsely and not answered; after it, notified again. Unit: seconds.',
    ),
  scoreSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe('What detectors measure of an agent is recorded for plots so often, while it acts. Unit: seconds of event time.'),
  fleetPriorSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('What agents of one name use unflagged is gathered for the others so often; 0 = never. Unit: seconds.'),
  breakerWindowSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(600)
    .describe('The blast-radius breaker counts agents held automatically in this time. Unit: seconds.'),
  seenIds: z
    .number()
    .int()
    .min(16)
    .max(16_384)
    .default(512)
    .describe('Decision ids remembered per agent to drop repeats (one export batch of the OpenTelemetry SDK is 512). Unit: ids.'),
  hotAgents: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(20_000)
    .describe('Agents of one partition held as live objects; the least recently seen beyond it are kept packed. Unit: agents.'),
  packedAgents: z
    .number()
    .int()
    .min(0)
    .max(100_000_000)
    .default(500_000)
    .describe('Agents of one partition held packed; the least recently seen beyond it are forgotten and start afresh. Unit: agents.'),
  checkpointSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(5)
    .describe(
      'Time between checkpoints while records arrive; up to six times as long when they would take more than a twentieth of the time. Unit: seconds.',
    ),
  checkpointRecords: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(50_000)
    .describe('So many records call for a checkpoint sooner (at most one a second, under the same condition). Unit: records.'),
  poisonShare: z
    .number()
    .positive()
    .max(1)
    .default(0.5)
    .describe('Above this share of malformed lines among the last poisonLines, the detector stops and says so. Unit: share.'),
  poisonLines: z.number().int().min(10).max(1_000_000).default(1_000).describe('Lines over which poisonShare is taken. Unit: lines.'),
};

const detectorConfigs = z.strictObject(
  Object.fromEntries(
    [...detectorRegistry, CONVERSATION_DETECTOR].map((type) => [
      type.id,
      type.configSchema.prefault({}).describe(`Settings of ${type.id}: docs/detectors/${type.id}.md.`),
    ]),
  ),
);

/** What a person can set about the detector service. */
export const detectorConfigSchema = z.strictObject({
  ...base,
  detectors: detectorConfigs.prefault({}).describe('Settings per detector. Unit: object by detector id.'),
});

export type DetectorConfig = z.infer<z.ZodObject<typeof base>> & { readonly detectors: Readonly<Record<string, unknown>> };

/** All problems at once, each with its path and what was received. Never throws. */
export function parseDetectorConfig(json: unknown): { readonly config: DetectorConfig } | { readonly problems: readonly string[] } {
  const result = detectorConfigSchema.safeParse(json ?? {}, { reportInput: true });
  if (result.success) return { config: result.data };
  return {
    problems: result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}${receivedText(issue.input)}`),
  };
}

function receivedText(input: unknown): string {
  if (input === undefined) return '';
  return `; received ${JSON.stringify(input)?.slice(0, 80)}`;
}

/** The shipped configuration. */
export function defaultDetectorConfig(): DetectorConfig {
  return detectorConfigSchema.parse({});
}
