import { matchesPattern } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { DetectorType, Finding } from '../detectors/detector.ts';
import type { AgentIdentity } from './occasion.ts';

/** Listed in the configuration as known and accepted. */
export const isAcceptedFinding = (
  who: AgentIdentity,
  { type, finding, config }: { type: Pick<DetectorType, 'id'>; finding: Finding; config: DetectorConfig },
): boolean =>
  config.accepted.some(
    (one) => matchesPattern(one.detector, type.id) && matchesPattern(one.rule, finding.rule) && matchesPattern(one.agent, who.agentId),
  );

/** Configured to kill, and found by a detector that is stable. */
export const mayKillFinding = (finding: Finding, type: DetectorType, config: DetectorConfig): boolean =>
  type.stability === 'stable' && config.kill.some((one) => matchesPattern(one.detector, type.id) && matchesPattern(one.rule, finding.rule));
