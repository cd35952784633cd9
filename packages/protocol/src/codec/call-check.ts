import { EFFECTS, ERROR_CLASSES, OUTCOME_STATUSES, SENSITIVITIES } from '../event/vocabulary.ts';
import { type Answer, adds, BAD, boolean, count, fieldsOf, hex, number, oneOf, text, texts } from './checks.ts';

const EFFECT_WORDS: ReadonlySet<unknown> = new Set(EFFECTS);
const SENSITIVITY_WORDS: ReadonlySet<unknown> = new Set(SENSITIVITIES);
const STATUS_WORDS: ReadonlySet<unknown> = new Set(OUTCOME_STATUSES);
const ERROR_CLASS_WORDS: ReadonlySet<unknown> = new Set(ERROR_CLASSES);
const TIERS: ReadonlySet<unknown> = new Set([1, 2, 3]);
const FEATURE_KINDS: ReadonlySet<unknown> = new Set([
  'mail',
  'url',
  'path',
  'number',
  'date',
  'boolean',
  'id',
  'account',
  'phone',
  'code',
  'text',
  'empty',
  'list',
  'object',
]);

/** `callSchema`. */
export function call(value: unknown): Answer {
  if (value === undefined) return 0;
  const c = fieldsOf(value);
  if (c === undefined || c.name === undefined || c.effect === undefined || c.destinations === undefined) return BAD;
  const what =
    text(c.name, 256) +
    oneOf(c.effect, EFFECT_WORDS) +
    texts(c.destinations, 32, 512) +
    text(c.digest, 96) +
    hex(c.sketch, 16) +
    text(c.callId, 256);
  const facts =
    oneOf(c.tier, TIERS) +
    boolean(c.reversible) +
    oneOf(c.sensitivity, SENSITIVITY_WORDS) +
    maxImpact(c.maxImpact) +
    number(c.confidence, 0, 1);
  const rest =
    count(c.attempt) +
    text(c.retryOf, 64) +
    boolean(c.poll) +
    features(c.features) +
    text(c.argumentsPreview, 4096) +
    count(c.argumentsBytes);
  return adds(what + facts + rest, c);
}

/** `outcomeSchema`. */
export function outcome(value: unknown): Answer {
  if (value === undefined) return 0;
  const o = fieldsOf(value);
  if (o === undefined || o.status === undefined) return BAD;
  const status = oneOf(o.status, STATUS_WORDS) + text(o.errorType, 256) + oneOf(o.errorClass, ERROR_CLASS_WORDS);
  const result = text(o.resultDigest, 96) + count(o.resultBytes) + text(o.resultPreview, 4096) + boolean(o.empty);
  return adds(status + result + text(o.summary, 1024) + count(o.affected) + texts(o.mentions, 32, 512), o);
}

function maxImpact(value: unknown): Answer {
  if (value === undefined) return 0;
  const m = fieldsOf(value);
  return m === undefined ? BAD : adds(count(m.rows) + number(m.usd, 0, Number.MAX_VALUE) + count(m.recipients), m);
}

function features(value: unknown): Answer {
  if (value === undefined) return 0;
  if (!Array.isArray(value) || value.length > 16) return BAD;
  for (const item of value) if (feature(item) !== 1) return BAD;
  return 1;
}

function feature(value: unknown): Answer {
  const f = fieldsOf(value);
  if (f === undefined || f.role === undefined || f.kind === undefined) return BAD;
  return adds(text(f.role, 128) + oneOf(f.kind, FEATURE_KINDS) + hex(f.hash, 16) + count(f.length) + texts(f.flags, 8, 32), f);
}
