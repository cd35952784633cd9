import type { ControlEvent } from '@belay/protocol';
import { platformTime } from './datetime64.ts';
import type { Row } from './decision-row.ts';
import { wellFormed } from './well-formed.ts';

/** The row of `control_events` for an event of control. Pure. A type without columns of its own is kept whole in `payload`. */
export const controlEventToRow = (event: ControlEvent): Row => ({
  tenant: event.tenant,
  agent_id: wellFormed(event.agentId),
  id: wellFormed(event.id),
  at: platformTime(event.atUs),
  type: event.type,
  actor: wellFormed(event.actor),
  ...typeColumns(event),
  payload: JSON.stringify(event),
});

function typeColumns(event: ControlEvent): Row {
  switch (event.type) {
    case 'hold.placed':
      return { epoch: event.epoch, command_id: wellFormed(event.commandId), ...holdColumns(event.hold) };
    case 'hold.released':
      return {
        epoch: event.epoch,
        command_id: wellFormed(event.commandId),
        hold_id: wellFormed(event.holdId),
        reason: wellFormed(event.reason),
      };
    case 'ack':
      return ackColumns(event.ack);
    case 'command.unconfirmed':
      return { command_id: wellFormed(event.commandId), run_id: wellFormed(event.runId), reason: event.missing };
    case 'run.state':
      return { run_id: wellFormed(event.runId), run_from: wellFormed(event.from), run_to: wellFormed(event.to) };
    case 'heartbeat':
      return { run_id: wellFormed(event.heartbeat.runId), epoch: event.heartbeat.epoch, run_to: event.heartbeat.state };
    case 'mode.changed':
      return { detector: wellFormed(event.detector), mode: wellFormed(event.mode), reason: wellFormed(event.reason) };
    case 'anomaly.feedback':
      return { detector: wellFormed(event.detector), cause_ref: wellFormed(event.anomalyId), reason: wellFormed(event.note) };
    default:
      return {};
  }
}

const holdColumns = (hold: Extract<ControlEvent, { type: 'hold.placed' }>['hold']): Row => ({
  hold_id: wellFormed(hold.id),
  hold_action: hold.action,
  hold_scope: hold.scope,
  hold_scope_id: wellFormed(hold.scopeId),
  cause_kind: hold.cause.kind,
  cause_ref: wellFormed(hold.cause.ref),
  reason: wellFormed(hold.reason),
});

const ackColumns = (ack: Extract<ControlEvent, { type: 'ack' }>['ack']): Row => ({
  epoch: ack.epoch,
  command_id: wellFormed(ack.commandId),
  run_id: wellFormed(ack.runId),
  ack_state: ack.state,
  ack_at_us: ack.atUs,
  last_started_seq: ack.lastStartedSeq,
  in_flight: ack.inFlight,
  reason: wellFormed(ack.detail),
});
