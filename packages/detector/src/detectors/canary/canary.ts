import { type DecisionEvent, type Json, matchesPattern } from '@belay/protocol';
import { z } from 'zod';
import { type Detector, type DetectorType, defineDetector, type Finding } from '../detector.ts';

/** What a person can set about `canary`. */
const canaryConfigSchema = z.strictObject({
  agents: z.string().min(1).max(256).default('belay-canary*').describe('Agents that may send canary decisions, as a glob. Unit: agent id.'),
  tool: z.string().min(1).max(256).default('belay.canary').describe('The tool whose call is the canary. Unit: tool name.'),
});

type CanaryConfig = z.infer<typeof canaryConfigSchema>;

const NOTHING: readonly Finding[] = [];

const isCanary = (event: DecisionEvent, config: CanaryConfig): boolean =>
  event.kind === 'tool' &&
  event.call?.name === config.tool &&
  matchesPattern(config.agents, event.agent.id) &&
  event.outcome?.status !== 'blocked';

/** Answers each canary decision with a pause of its session, so that the way from a decision to a confirmed pause is measured all the time (docs/detectors/canary.md). */
const createCanary = (config: CanaryConfig): Detector => ({
  observe: () => undefined,
  score: (event) => (isCanary(event, config) ? [canaryFinding(event)] : NOTHING),
  learn: () => undefined,
  absorb: () => NOTHING,
  learning: () => ({ learned: 0, needed: 0 }),
  snapshot: (): Json => null,
  restore: () => undefined,
});

const canaryFinding = (event: DecisionEvent): Finding => ({
  rule: 'canary',
  subject: { kind: 'decision', id: event.id },
  cause: event.id,
  score: 1,
  severity: 'info',
  explanation: `Canary decision of ${event.agent.id}: the loop from decision to confirmed pause is being measured; nothing is wrong.`,
  decisionIds: [event.id],
  facts: { tool: event.call?.name ?? '' },
  scope: 'session',
});

/** `canary`, as the registry knows it. */
export const canaryDetector: DetectorType = defineDetector({
  id: 'canary',
  version: 1,
  stability: 'stable',
  probe: true,
  configSchema: canaryConfigSchema,
  create: createCanary,
  isProbeAgent: (agentId, config) => matchesPattern(config.agents, agentId),
});
