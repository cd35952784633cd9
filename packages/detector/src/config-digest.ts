import { digestOf, type Json } from '@belay/protocol';
import type { DetectorConfig } from './config.ts';
import { CONVERSATION_DETECTOR } from './conversation/conversation-detector.ts';
import { detectorRegistry } from './detectors/registry.ts';

/**
 * Names what each detector finds with this configuration, taken alone. The modes, which say what becomes of a finding (and, by that, what the
 * others learn beside it), and what only concerns the running of the service are left out; the versions of the detectors are in.
 */
export function configDigestOf(config: DetectorConfig): string {
  const {
    modes: _modes,
    group: _group,
    hotAgents,
    packedAgents,
    checkpointSeconds,
    checkpointRecords,
    poisonShare,
    poisonLines,
    ...finds
  } = config;
  const versions = [...detectorRegistry, CONVERSATION_DETECTOR].map(({ id, version }) => [id, version]);
  return digestOf({ finds: finds as unknown as Json, versions });
}
