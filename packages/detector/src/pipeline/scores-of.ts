import type { Score } from '@belay/protocol';
import type { Detector } from '../detectors/detector.ts';
import type { AgentIdentity } from './occasion.ts';

/** What a detector measures of an agent at `atUs`, as it is published. Readings that are no numbers are left out. */
export const scoresOf = (who: AgentIdentity, detectorId: string, detector: Detector, atUs: number): readonly Score[] =>
  (detector.measures?.() ?? [])
    .filter(({ value }) => Number.isFinite(value))
    .map((measure) => ({
      v: 1,
      tenant: who.tenant,
      agentId: who.agentId,
      ...(who.agentName === undefined ? {} : { agentName: who.agentName }),
      ...(who.agentVersion === undefined ? {} : { agentVersion: who.agentVersion }),
      detector: detectorId,
      ...measure,
      atUs,
    }));
