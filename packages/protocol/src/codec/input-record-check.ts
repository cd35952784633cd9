import { IN_FLIGHT_SEQS_MAX, PRIOR_KEYS_MAX } from '../event/input-record.ts';
import { FEEDBACK_CHANGES, FEEDBACK_VERDICTS, HOLD_ACTIONS, HOLD_SCOPES, MODE_SETTINGS, RUN_STATES } from '../event/vocabulary.ts';
import { type Answer, adds, anyInteger, BAD, count, type Fields, fieldsOf, hex, integer, oneOf, text } from './checks.ts';

const MODES: ReadonlySet<unknown> = new Set(MODE_SETTINGS);
const ACTIONS: ReadonlySet<unknown> = new Set(HOLD_ACTIONS);
const SCOPES: ReadonlySet<unknown> = new Set(HOLD_SCOPES);
const STATES: ReadonlySet<unknown> = new Set(RUN_STATES);
const VERDICTS: ReadonlySet<unknown> = new Set(FEEDBACK_VERDICTS);
const HOLD_CHANGES: ReadonlySet<unknown> = new Set(['placed', 'released']);
const CHANGES: ReadonlySet<unknown> = new Set(FEEDBACK_CHANGES);
const ACK_STATES: ReadonlySet<unknown> = new Set(['applied', 'confirmed']);

/** Same answer as `inputRecordSchema`, without its cost. */
export function isInputRecord(value: unknown): boolean {
  const r = fieldsOf(value);
  if (r === undefined || r.v !== 1 || r.id === undefined || r.atUs === undefined) return false;
  return adds(2 + text(r.id, 64) + anyInteger(r.atUs) + ofKind(r), r) === 1;
}

/** The fields of its kind; `v`, `record`, `id` and `atUs` are counted by the caller. */
function ofKind(r: Fields): Answer {
  switch (r.record) {
    case 'mode':
      return has(r.tenant, r.detector, r.mode) + ofMode(r);
    case 'hold':
      return has(r.holdId, r.change) + ofAgent(r) + ofHold(r);
    case 'ack':
      return has(r.runId, r.commandId, r.epoch, r.state, r.lastStartedSeq) + ofAgent(r) + ofAck(r);
    case 'heartbeat':
      return has(r.runId, r.state, r.lastSeq, r.inFlightSeqs, r.droppedSpans) + ofAgent(r) + ofHeartbeat(r);
    case 'feedback':
      return has(r.anomalyId, r.detector, r.rule, r.verdict, r.change) + ofAgent(r) + ofFeedback(r);
    case 'prior':
      return has(r.tenant, r.agentName, r.detector, r.version, r.part, r.parts, r.keys) + ofPrior(r);
    default:
      return BAD;
  }
}

const has = (...required: unknown[]): Answer => (required.includes(undefined) ? BAD : 0);

const ofAgent = (r: Fields): Answer => has(r.tenant, r.agentId) + text(r.tenant, 63) + text(r.agentId, 256);

const ofMode = (r: Fields): Answer =>
  text(r.tenant, 63) +
  text(r.agentId, 256) +
  text(r.agentName, 256) +
  text(r.environment, 64) +
  text(r.detector, 64) +
  oneOf(r.mode, MODES);

const ofHold = (r: Fields): Answer =>
  text(r.holdId, 64) +
  oneOf(r.change, HOLD_CHANGES) +
  oneOf(r.action, ACTIONS) +
  oneOf(r.scope, SCOPES) +
  text(r.scopeId, 256) +
  count(r.epoch);

const ofAck = (r: Fields): Answer =>
  text(r.runId, 64) + text(r.commandId, 64) + count(r.epoch) + oneOf(r.state, ACK_STATES) + count(r.lastStartedSeq);

const ofHeartbeat = (r: Fields): Answer =>
  text(r.runId, 64) +
  oneOf(r.state, STATES) +
  count(r.lastSeq) +
  each(r.inFlightSeqs, IN_FLIGHT_SEQS_MAX, (seq) => count(seq) === 1) +
  count(r.droppedSpans);

const ofFeedback = (r: Fields): Answer =>
  text(r.anomalyId, 96) +
  text(r.detector, 64) +
  text(r.rule, 64) +
  text(r.cause, 512) +
  oneOf(r.verdict, VERDICTS) +
  oneOf(r.change, CHANGES);

const ofPrior = (r: Fields): Answer =>
  text(r.tenant, 63) +
  text(r.agentName, 256) +
  text(r.detector, 64) +
  count(r.version) +
  count(r.part) +
  integer(r.parts, 1, 64) +
  each(r.keys, PRIOR_KEYS_MAX, (key) => hex(key, 16) === 1);

const each = (value: unknown, most: number, isGood: (item: unknown) => boolean): Answer =>
  Array.isArray(value) && value.length <= most && value.every(isGood) ? 1 : BAD;
