import type { Anomaly } from '@belay/protocol';
import { agentTime, platformTime } from './datetime64.ts';
import type { Row } from './decision-row.ts';
import { allWellFormed, wellFormed } from './well-formed.ts';

/** The row of `anomalies` for a finding. Pure. */
export const anomalyToRow = (anomaly: Anomaly): Row => ({
  tenant: anomaly.tenant,
  agent_id: wellFormed(anomaly.agentId),
  id: wellFormed(anomaly.id),
  detected: platformTime(anomaly.detectedUs),
  subject_kind: anomaly.subject.kind,
  subject_id: wellFormed(anomaly.subject.id),
  agent_version: wellFormed(anomaly.agentVersion),
  environment: wellFormed(anomaly.environment),
  run_id: wellFormed(anomaly.runId),
  session_id: wellFormed(anomaly.sessionId),
  task_id: wellFormed(anomaly.taskId),
  detector: wellFormed(anomaly.detector),
  rule: wellFormed(anomaly.rule),
  detector_version: anomaly.detectorVersion,
  score: anomaly.score,
  severity: anomaly.severity,
  explanation: wellFormed(anomaly.explanation),
  trigger_decision_id: wellFormed(anomaly.triggerDecisionId),
  evidence_decision_ids: allWellFormed(anomaly.evidence.decisionIds),
  evidence_facts: JSON.stringify(anomaly.evidence.facts),
  triggered: agentTime(anomaly.triggerUs),
  trigger_us: anomaly.triggerUs,
  mode: anomaly.mode,
  response: anomaly.response,
  suppressed: anomaly.suppressed,
  group_id: wellFormed(anomaly.groupId),
});
