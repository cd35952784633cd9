import { IN_FLIGHT_SEQS_MAX, type InputRecord } from '../event/input-record.ts';
import { MODE_SETTINGS, type ModeSetting } from '../event/vocabulary.ts';
import type { ControlEvent } from './control-event.ts';

type EventOf<T extends ControlEvent['type']> = Extract<ControlEvent, { type: T }>;

/**
 * What detectors are told of a control event: the record that control writes to the log beside it, and that a backtest makes of it again.
 * Undefined for events that detectors need not know. Pure; the result passes `inputRecordSchema`.
 */
export function inputOfControlEvent(event: ControlEvent): InputRecord | undefined {
  switch (event.type) {
    case 'hold.placed':
    case 'hold.released':
      return holdInput(event);
    case 'ack':
      return ackInput(event);
    case 'heartbeat':
      return heartbeatInput(event);
    case 'mode.changed':
      return modeInput(event);
    case 'anomaly.feedback':
      return feedbackInput(event);
    default:
      return undefined;
  }
}

const about = (event: ControlEvent) => ({ v: 1, id: event.id, tenant: event.tenant, agentId: event.agentId, atUs: event.atUs }) as const;

function holdInput(event: EventOf<'hold.placed' | 'hold.released'>): InputRecord {
  const isPlaced = event.type === 'hold.placed';
  const { action, scope, scopeId } = isPlaced ? event.hold : event;
  return {
    ...about(event),
    record: 'hold',
    holdId: isPlaced ? event.hold.id : event.holdId,
    change: isPlaced ? 'placed' : 'released',
    ...(action === undefined ? {} : { action }),
    ...(scope === undefined ? {} : { scope }),
    ...(scopeId === undefined ? {} : { scopeId }),
    epoch: event.epoch,
  };
}

/** `received`, `rejected` and `failed` change nothing that a detector may rely on. */
function ackInput(event: EventOf<'ack'>): InputRecord | undefined {
  const { state, runId, commandId, epoch, lastStartedSeq } = event.ack;
  if (state !== 'applied' && state !== 'confirmed') return undefined;
  return { ...about(event), record: 'ack', runId, commandId, epoch, state, lastStartedSeq };
}

/** Of very many actions in flight the oldest are named: those that would be missed first. */
function heartbeatInput(event: EventOf<'heartbeat'>): InputRecord {
  const { runId, state, lastSeq, inFlightSeqs, droppedSpans } = event.heartbeat;
  const seqs = inFlightSeqs.filter((seq) => seq >= 0).toSorted((a, b) => a - b);
  return { ...about(event), record: 'heartbeat', runId, state, lastSeq, inFlightSeqs: seqs.slice(0, IN_FLIGHT_SEQS_MAX), droppedSpans };
}

const isSetting = (mode: string): mode is ModeSetting => (MODE_SETTINGS as readonly string[]).includes(mode);

function modeInput(event: EventOf<'mode.changed'>): InputRecord | undefined {
  const { agentId, agentName, environment, detector, mode } = event;
  if (!isSetting(mode)) return undefined;
  return {
    v: 1,
    record: 'mode',
    id: event.id,
    tenant: event.tenant,
    ...(agentId === '*' ? {} : { agentId }),
    ...(agentName === undefined ? {} : { agentName }),
    ...(environment === undefined ? {} : { environment }),
    detector,
    mode,
    atUs: event.atUs,
  };
}

function feedbackInput(event: EventOf<'anomaly.feedback'>): InputRecord {
  const { anomalyId, detector, rule, cause, verdict, change } = event;
  return { ...about(event), record: 'feedback', anomalyId, detector, rule, ...(cause === undefined ? {} : { cause }), verdict, change };
}
