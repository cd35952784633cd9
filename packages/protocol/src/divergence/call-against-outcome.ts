import { leavesOf } from '../call/leaves.ts';
import { parseJson } from '../codec/parse-json.ts';
import type { Divergence, DivergenceInput } from './assess-divergence.ts';
import type { DivergenceReason } from './reasons.ts';

type Outcome = NonNullable<DivergenceInput['outcome']>;

const ERROR_KEYS: ReadonlySet<string> = new Set(['error', 'errors', 'exception', 'traceback', 'errormessage', 'error_message', 'iserror']);
const ERROR_TEXT: RegExp =
  /^(?:\W{0,4})(?:error|exception|traceback \(most recent|fatal|failed|failure|unauthori[sz]ed|forbidden|permission denied|access denied|not found|bad request|internal server error|invalid|\w{1,40}(?:Error|Exception):)/i;
const IDENTIFIER_ROLE: RegExp = /(?:^id|_id|Id|ID|^uuid|^key|^sku|^number|_number|Number)$/;

/** What the call promised against what came back. */
export function callAgainstOutcome(call: DivergenceInput['call'], outcome: Outcome): DivergenceReason[] {
  if (outcome.status !== 'ok') return [];
  const result = resultOf(outcome);
  const reasons: DivergenceReason[] = [];
  if (isErrorShaped(result)) reasons.push('outcome.error_in_ok');
  if (isMore(outcome.affected, call.maxImpact?.rows)) reasons.push('outcome.more_affected');
  if (outcome.affected !== undefined && call.planned?.rows !== undefined && outcome.affected !== call.planned.rows)
    reasons.push('outcome.not_as_planned');
  if (outcome.empty === true && call.promisesResult === true) reasons.push('outcome.nothing_found');
  if (isOtherResource(call.arguments, result)) reasons.push('outcome.other_resource');
  return reasons;
}

const isMore = (affected: number | undefined, most: number | undefined): boolean =>
  affected !== undefined && most !== undefined && affected > most;

function resultOf({ result, resultPreview }: Outcome): unknown {
  const value = result ?? resultPreview;
  return typeof value === 'string' && /^\s*[[{]/.test(value) ? (parseJson(value) ?? value) : value;
}

/** `{ error: … }`, `{ ok: false }`, `{ status: 500 }`, "Error: …". */
function isErrorShaped(result: unknown): boolean {
  if (typeof result === 'string') return ERROR_TEXT.test(result.slice(0, 200));
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false;
  return Object.entries(result).some(([key, value]) => {
    const name = key.toLowerCase();
    if (ERROR_KEYS.has(name)) return value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
    if (name === 'ok' || name === 'success') return value === false;
    return (
      (name === 'status' || name === 'statuscode' || name === 'status_code') && typeof value === 'number' && value >= 400 && value <= 599
    );
  });
}

/** The same identifier, at the top of arguments and of the result, with another value. */
function isOtherResource(args: unknown, result: unknown): boolean {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false;
  const answered = result as Readonly<Record<string, unknown>>;
  return leavesOf(args).some(({ role, value }) => {
    const other = Object.hasOwn(answered, role) ? answered[role] : undefined;
    return IDENTIFIER_ROLE.test(role) && isPlain(value) && isPlain(other) && String(value) !== String(other);
  });
}

const isPlain = (value: unknown): value is string | number => (typeof value === 'string' && value !== '') || typeof value === 'number';

/** Independent reasons add up as independent chances do. */
export const combined = (weights: readonly number[]): Divergence['score'] =>
  Math.round((1 - weights.reduce((left, weight) => left * (1 - weight), 1)) * 1000) / 1000;
