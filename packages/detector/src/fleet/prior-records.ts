import { type InputRecord, PRIOR_KEYS_MAX } from '@belay/protocol';
import type { FleetKeys } from './fleet-usage.ts';

/** The detector that priors are for. */
const DETECTOR = 'novel_endpoint';

/** A prior as the records that carry it, in order. The version is the boundary of the schedule in seconds: versions grow with time. */
export function priorRecords({ tenant, agentName, keys }: FleetKeys, boundaryUs: number): InputRecord[] {
  const version = Math.floor(boundaryUs / 1e6);
  const parts = Math.max(1, Math.ceil(keys.length / PRIOR_KEYS_MAX));
  return Array.from({ length: parts }, (_, part) => ({
    v: 1,
    record: 'prior',
    id: `prior-${version}-${part}`,
    tenant,
    agentName,
    detector: DETECTOR,
    version,
    part,
    parts,
    keys: keys.slice(part * PRIOR_KEYS_MAX, (part + 1) * PRIOR_KEYS_MAX),
    atUs: boundaryUs,
  }));
}
