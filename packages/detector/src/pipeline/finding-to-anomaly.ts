import { type Anomaly, anomalyId, type DetectorMode } from '@belay/protocol';
import type { DetectorType, Finding } from '../detectors/detector.ts';
import type { Responded } from '../respond/respond.ts';
import { CAUSE_LENGTH_MAX } from './accepted-causes.ts';
import type { AgentIdentity, Occasion } from './occasion.ts';

/** What the pipeline adds to a finding. */
export interface Judgement extends Responded {
  readonly explanation: string;
  readonly mode: DetectorMode;
  readonly detectedUs: number;
  readonly groupId?: string;
}

export const findingId = (who: AgentIdentity, type: Pick<DetectorType, 'id' | 'version'>, finding: Finding): string =>
  anomalyId({
    tenant: who.tenant,
    agentId: who.agentId,
    detector: type.id,
    detectorVersion: type.version,
    rule: finding.rule,
    subject: finding.subject,
  });

/** The anomaly as it is published. A wider scope leaves out the narrower ids: control holds the smallest scope that an anomaly names. */
export function findingToAnomaly(
  on: Occasion,
  { type, finding, id, judgement }: { type: Pick<DetectorType, 'id' | 'version'>; finding: Finding; id: string; judgement: Judgement },
): Anomaly {
  const narrow = finding.scope === 'session';
  return {
    v: 1,
    id,
    subject: finding.subject,
    tenant: on.tenant,
    agentId: on.agentId,
    ...optional('agentVersion', on.agentVersion),
    ...optional('environment', on.environment),
    ...optional('runId', finding.scope === 'agent' ? undefined : on.runId),
    ...optional('sessionId', narrow ? on.sessionId : undefined),
    ...optional('taskId', narrow ? on.taskId : undefined),
    detector: type.id,
    rule: finding.rule,
    detectorVersion: type.version,
    score: finding.score,
    severity: finding.severity,
    explanation: judgement.explanation,
    ...optional('triggerDecisionId', on.decisionId),
    evidence: { decisionIds: [...finding.decisionIds].slice(-64), facts: { ...finding.facts } },
    triggerUs: on.triggerUs,
    detectedUs: judgement.detectedUs,
    mode: judgement.mode,
    response: judgement.response,
    ...optional('suppressed', judgement.suppressed),
    ...optional('groupId', judgement.groupId),
    cause: finding.cause.slice(0, CAUSE_LENGTH_MAX),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
