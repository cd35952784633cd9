import { type Json, vocabulary } from '@belay/protocol';
import { z } from 'zod';
import type { RunningConfig } from '../ledger/promotion.ts';

const statusSchema = z.looseObject({
  configDigest: z.string(),
  detectors: z.array(
    z.looseObject({
      id: z.string(),
      mode: z.enum(vocabulary.DETECTOR_MODES),
      /** Where the configuration gives some agents or rules a lower one. */
      lowestMode: z.enum(vocabulary.DETECTOR_MODES).optional(),
    }),
  ),
});

/** Which configuration the detectors in reach say they run; undefined when there are none, or they do not say. */
export function runningConfigOf(status: Json | undefined): RunningConfig | undefined {
  const read = statusSchema.safeParse(status).data;
  if (read === undefined) return undefined;
  return {
    digest: read.configDigest,
    modes: Object.fromEntries(read.detectors.map(({ id, mode, lowestMode }) => [id, lowestMode ?? mode])),
  };
}
