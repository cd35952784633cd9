import type { LogMessage } from '@belay/bus';
import type { Cut } from './keyed-state.ts';
import type { Processed } from './process-message.ts';

/** What a worker feeds with the messages of one partition, and whose state its checkpoints hold. */
export interface PartitionJudge {
  /** Judges one message. The same messages in the same order lead to the same. `nowUs` is the platform's clock. */
  process(message: LogMessage, nowUs: number): Processed;
  /** State to store for what changed since the last cut, as it is now; messages may be processed while it is packed and stored. */
  cut(): Cut;
  /** Takes the state of a checkpoint. */
  restore(snapshots: ReadonlyMap<string, Uint8Array>): void;
}
