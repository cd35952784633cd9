import type { Anomaly, DetectorMode } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { DetectorType, Finding } from '../detectors/detector.ts';
import { isStronger } from '../respond/cool-down.ts';
import { respond } from '../respond/respond.ts';
import { causeKeyOf } from './accepted-causes.ts';
import type { AgentState } from './agent-state.ts';
import { explain } from './explain.ts';
import { isAcceptedFinding, mayKillFinding } from './finding-rules.ts';
import { findingId, findingToAnomaly } from './finding-to-anomaly.ts';
import { modeOf } from './mode-of.ts';
import { type AgentIdentity, narrowed, type Occasion } from './occasion.ts';
import type { Tenant } from './tenants.ts';

interface Found {
  readonly agent: AgentState;
  readonly tenant: Tenant;
  readonly type: DetectorType;
  readonly finding: Finding;
  readonly config: DetectorConfig;
  readonly atUs: number;
  readonly nowUs: number;
}

/** What a finding may cause: a probe is always answered. */
export function modeOfFinding(
  who: AgentIdentity,
  type: DetectorType,
  { rule }: Finding,
  { agent, tenant, config }: Pick<Found, 'agent' | 'tenant' | 'config'>,
): DetectorMode {
  if (type.probe) return 'enforce';
  return modeOf(who, { detector: type.id, rule }, { config, overrides: { agent: agent.modes, tenant: tenant.modes } });
}

/** A person or the configuration has said that this is as it should be. */
export const isAccepted = (
  who: AgentIdentity,
  type: DetectorType,
  finding: Finding,
  { agent, config }: Pick<Found, 'agent' | 'config'>,
): boolean => agent.accepted.has(causeKeyOf(type.id, finding.cause)) || isAcceptedFinding(who, { type, finding, config });

/** What becomes of a finding: the anomaly with its response, undefined for a repeat that is only counted. Remembers both in the agent and the tenant. */
export function answerFinding(occasion: Occasion, found: Found): Anomaly | undefined {
  const { agent, tenant, type, finding, config, atUs, nowUs } = found;
  const on = narrowed(occasion, finding);
  const id = findingId(on, type, finding);
  const causeKey = causeKeyOf(type.id, finding.cause);
  const mode = modeOfFinding(on, type, finding, found);
  const admission = agent.coolDown.admit(causeKey, { id, severity: finding.severity, mode, atUs });
  if (!admission.publish) return undefined;
  const facts = {
    nowUs,
    receivedUs: on.receivedUs,
    staleAfterUs: config.staleAfterSeconds * 1e6,
    isCooling: false,
    isAccepted: isAccepted(on, type, finding, found),
    mayKill: mayKillFinding(finding, type, config),
    isProbe: type.probe,
    isBreakerOpen: tenant.blastRadius.isOpenFor(on.agentId, tenant.agents, on.receivedUs),
  };
  const full = respond(finding, mode, facts);
  const responded =
    admission.isRepeat && !isStronger(full.response, admission.answered) ? respond(finding, mode, { ...facts, isCooling: true }) : full;
  agent.coolDown.answered(causeKey, responded.response);
  if (!type.probe && (responded.response === 'pause' || responded.response === 'kill')) tenant.blastRadius.hold(on.agentId, on.receivedUs);
  const group = admission.groupId === undefined ? {} : { groupId: admission.groupId };
  const explanation = type.probe ? finding.explanation : explain(on, finding, { mode, responded, id });
  return findingToAnomaly(on, { type, finding, id, judgement: { ...responded, explanation, mode, detectedUs: nowUs, ...group } });
}
