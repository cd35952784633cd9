import { type Feature, featureSchema } from '@belay/protocol';
import type { FleetUseRecord } from '@belay/store';
import { z } from 'zod';
import { fleetKeysOf } from '../detectors/novel-endpoint/fleet-keys.ts';
import type { FleetUse } from './fleet-usage.ts';

const featuresSchema = z.array(featureSchema).max(16);

/** A use as history shows it, as the fold takes it: the same keys as of the decision itself. */
export function useOfRecord({
  tenant,
  agentName,
  agentId,
  kind,
  tool,
  effect,
  digest,
  destinations,
  features,
  isFlagged,
}: FleetUseRecord): FleetUse {
  const call = {
    name: tool,
    effect,
    destinations: [...destinations],
    features: featuresOf(features),
    ...(digest === '' ? {} : { digest }),
  };
  return { tenant, agentName, agentId, keys: fleetKeysOf({ kind, call }), isFlagged: isFlagged === 1 };
}

/** What is no list of features says nothing. */
function featuresOf(text: string): Feature[] {
  if (text === '') return [];
  try {
    return featuresSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}
