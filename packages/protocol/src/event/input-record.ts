import { z } from 'zod';
import { DETECTOR_MODES } from './vocabulary.ts';

/**
 * What detectors act on besides decisions: lines of the same partitions of `belay.decisions.v1`, told apart by `record`
 * (docs/contracts.md §2.5). Replaying the log replays these too, so findings repeat.
 */
export const inputRecordSchema = z.discriminatedUnion('record', [
  /** Mode of a detector changed; without `agentId`, for every agent of the tenant on this partition. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('mode'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256).optional(),
    detector: z.string().max(64),
    mode: z.enum(DETECTOR_MODES),
    atUs: z.number().int(),
  }),
  /** Event time has reached `atUs` for everything on this partition. */
  z.strictObject({ v: z.literal(1), record: z.literal('time'), id: z.string().max(64), atUs: z.number().int() }),
  /** A hold on an agent was placed or released: what `loop` needs to know that a loop goes on after its pause was lifted. */
  z.strictObject({
    v: z.literal(1),
    record: z.literal('hold'),
    id: z.string().max(64),
    tenant: z.string().max(63),
    agentId: z.string().max(256),
    holdId: z.string().max(64),
    change: z.enum(['placed', 'released']),
    atUs: z.number().int(),
  }),
]);

export type InputRecord = z.infer<typeof inputRecordSchema>;
