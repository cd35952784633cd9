import { type Anomaly, anomalyId, type DecisionEvent, type DetectorMode } from '@belay/protocol';
import type { DetectorType, Finding } from '../detectors/detector.ts';
import type { Responded } from '../respond/respond.ts';

/** What the pipeline adds to a finding. */
export interface Judgement extends Responded {
  readonly mode: DetectorMode;
  readonly detectedUs: number;
  readonly groupId?: string;
}

export const findingId = (event: DecisionEvent, type: DetectorType, finding: Finding): string =>
  anomalyId({
    tenant: event.tenant,
    agentId: event.agent.id,
    detector: type.id,
    detectorVersion: type.version,
    rule: finding.rule,
    subject: finding.subject,
  });

/** The anomaly as it is published. A wider scope leaves out the narrower ids: control holds the smallest scope that an anomaly names. */
export function findingToAnomaly(
  event: DecisionEvent,
  { type, finding, id, judgement }: { type: DetectorType; finding: Finding; id: string; judgement: Judgement },
): Anomaly {
  const narrow = finding.scope === 'session';
  return {
    v: 1,
    id,
    subject: finding.subject,
    tenant: event.tenant,
    agentId: event.agent.id,
    ...optional('agentVersion', event.agent.version),
    ...optional('environment', event.environment),
    ...optional('runId', finding.scope === 'agent' ? undefined : event.runId),
    ...optional('sessionId', narrow ? event.sessionId : undefined),
    ...optional('taskId', narrow ? event.taskId : undefined),
    detector: type.id,
    rule: finding.rule,
    detectorVersion: type.version,
    score: finding.score,
    severity: finding.severity,
    explanation: finding.explanation,
    triggerDecisionId: event.id,
    evidence: { decisionIds: [...finding.decisionIds].slice(-64), facts: { ...finding.facts } },
    triggerUs: event.startUs + event.durationUs,
    detectedUs: judgement.detectedUs,
    mode: judgement.mode,
    response: judgement.response,
    ...optional('suppressed', judgement.suppressed),
    ...optional('groupId', judgement.groupId),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
