import { DETECTOR_MODES } from '../event/vocabulary.ts';
import { type Answer, adds, anyInteger, BAD, type Fields, fieldsOf, oneOf, text } from './checks.ts';

const MODES: ReadonlySet<unknown> = new Set(DETECTOR_MODES);
const CHANGES: ReadonlySet<unknown> = new Set(['placed', 'released']);

/** Same answer as `inputRecordSchema`, without its cost. */
export function isInputRecord(value: unknown): boolean {
  const r = fieldsOf(value);
  if (r === undefined || r.v !== 1 || r.id === undefined || r.atUs === undefined) return false;
  return adds(2 + text(r.id, 64) + anyInteger(r.atUs) + ofKind(r), r) === 1;
}

/** The fields of its kind; `v` and `record` are counted by the caller. */
function ofKind(r: Fields): Answer {
  switch (r.record) {
    case 'time':
      return 0;
    case 'mode':
      if (r.tenant === undefined || r.detector === undefined || r.mode === undefined) return BAD;
      return text(r.tenant, 63) + text(r.agentId, 256) + text(r.detector, 64) + oneOf(r.mode, MODES);
    case 'hold':
      if (r.tenant === undefined || r.agentId === undefined || r.holdId === undefined || r.change === undefined) return BAD;
      return text(r.tenant, 63) + text(r.agentId, 256) + text(r.holdId, 64) + oneOf(r.change, CHANGES);
    default:
      return BAD;
  }
}
