import type { InputRecord } from '@belay/protocol';
import { MANUAL_CLOCK_START_US } from '@belay/testkit';

type Of<Kind extends InputRecord['record']> = Extract<InputRecord, { record: Kind }>;

const of = { v: 1, id: 'record', tenant: 'acme', agentId: 'agent-1', atUs: MANUAL_CLOCK_START_US } as const;
const seconds = (n: number): number => MANUAL_CLOCK_START_US + n * 1_000_000;

/** A hold on agent-1 as control tells it, `second` seconds after the start of the streams. */
export const hold = (change: 'placed' | 'released', second: number, more: Partial<Of<'hold'>> = {}): Of<'hold'> => ({
  ...of,
  record: 'hold',
  holdId: 'hold-1',
  change,
  action: 'pause',
  scope: 'agent',
  scopeId: 'agent-1',
  epoch: 1,
  atUs: seconds(second),
  ...more,
});

/** A run's acknowledgement of epoch 1. */
export const ack = (lastStartedSeq: number, second: number, more: Partial<Of<'ack'>> = {}): Of<'ack'> => ({
  ...of,
  record: 'ack',
  runId: 'run-1',
  commandId: 'command-1',
  epoch: 1,
  state: 'confirmed',
  lastStartedSeq,
  atUs: seconds(second),
  ...more,
});

/** A run's heartbeat. */
export const heartbeat = (lastSeq: number, second: number, more: Partial<Of<'heartbeat'>> = {}): Of<'heartbeat'> => ({
  ...of,
  record: 'heartbeat',
  runId: 'run-1',
  state: 'running',
  lastSeq,
  inFlightSeqs: [],
  droppedSpans: 0,
  atUs: seconds(second),
  ...more,
});

/** What a person said about an anomaly with this cause. */
export const feedback = (detector: string, cause: string, more: Partial<Of<'feedback'>> = {}): Of<'feedback'> => ({
  ...of,
  record: 'feedback',
  anomalyId: 'sha256:anomaly',
  detector,
  rule: cause.split('|')[0] ?? '',
  cause,
  verdict: 'expected',
  change: 'given',
  ...more,
});
