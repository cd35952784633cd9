import { digestOf } from '../canonical/digest.ts';
import type { Anomaly } from './anomaly.ts';

/** What an anomaly's id is made of: found again in the same records, it has the same id. */
export type AnomalyIdentity = Pick<Anomaly, 'tenant' | 'agentId' | 'detector' | 'detectorVersion' | 'rule' | 'subject'>;

/** Deterministic: digest of the canonical array [tenant, agentId, detector, detectorVersion, rule, subject]. */
export function anomalyId({ tenant, agentId, detector, detectorVersion, rule, subject }: AnomalyIdentity): string {
  return digestOf([tenant, agentId, detector, detectorVersion, rule, { id: subject.id, kind: subject.kind }]);
}
