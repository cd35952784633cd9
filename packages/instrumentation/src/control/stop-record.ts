import type { Hold } from '@belay/protocol';

/** A change of holds as this run obeyed it: *applied* = no new covered action can start, *confirmed* = none is in flight any more. */
export interface StopRecord {
  readonly commandId: string;
  readonly epoch: number;
  readonly state: 'applied' | 'confirmed';
  /** Agent's wall clock, µs. */
  readonly atUs: number;
  readonly holds: readonly Hold[];
}

export type ControlListener = (record: StopRecord) => void;
