import { EVENT_KINDS, EVENT_SOURCES, POLICY_ACTIONS, POLICY_VERDICTS, RUN_STATES } from '../event/vocabulary.ts';
import { isAgentId, isTenant } from '../keys.ts';
import { call, outcome } from './call-check.ts';
import {
  type Answer,
  adds,
  anyInteger,
  BAD,
  boolean,
  count,
  type Fields,
  fieldsOf,
  integer,
  isHex,
  number,
  oneOf,
  text,
  texts,
} from './checks.ts';

const KINDS: ReadonlySet<unknown> = new Set(EVENT_KINDS);
const SOURCES: ReadonlySet<unknown> = new Set(EVENT_SOURCES);
const VERDICTS: ReadonlySet<unknown> = new Set(POLICY_VERDICTS);
const ACTIONS: ReadonlySet<unknown> = new Set(POLICY_ACTIONS);
const STATES: ReadonlySet<unknown> = new Set(RUN_STATES);
const MAX_TIME_US = 8.64e15;
const ID_LENGTH = 49;

/** Same answer as `decisionEventSchema`, without its cost; `decode-line.test.ts` holds the two together. */
export function isDecisionEvent(value: unknown): boolean {
  const e = fieldsOf(value);
  if (e === undefined || e.v !== 1 || !hasIdentity(e) || e.kind === undefined || e.source === undefined) return false;
  if (e.startUs === undefined || e.durationUs === undefined || e.receivedUs === undefined || trace(e.trace) !== 1) return false;
  // v, id, tenant, agent and trace have been looked at: five good fields.
  return adds(5 + times(e) + whereabouts(e) + decision(e) + money(e), e) === 1;
}

function hasIdentity({ id, tenant, agent }: Fields): boolean {
  if (typeof id !== 'string' || id.length !== ID_LENGTH || id.charCodeAt(32) !== 58 || !isHex(id, 0, 32) || !isHex(id, 33, ID_LENGTH))
    return false;
  const a = fieldsOf(agent);
  if (a === undefined || typeof tenant !== 'string' || !isTenant(tenant) || typeof a.id !== 'string' || !isAgentId(a.id)) return false;
  return adds(1 + text(a.name, 256) + text(a.version, 64), a) === 1;
}

const times = (e: Fields): Answer =>
  oneOf(e.kind, KINDS) +
  oneOf(e.source, SOURCES) +
  integer(e.startUs, -MAX_TIME_US, MAX_TIME_US) +
  count(e.durationUs) +
  integer(e.receivedUs, -MAX_TIME_US, MAX_TIME_US);

const whereabouts = (e: Fields): Answer =>
  text(e.environment, 64) +
  text(e.runId, 64) +
  count(e.seq) +
  text(e.sessionId, 256) +
  text(e.rootSessionId, 256) +
  count(e.turn) +
  text(e.taskId, 256) +
  text(e.taskName, 256) +
  plan(e.plan);

const decision = (e: Fields): Answer =>
  text(e.intent, 1024) +
  text(e.reasoningSpanId, 64) +
  call(e.call) +
  policy(e.policy) +
  approval(e.approval) +
  outcome(e.outcome) +
  divergence(e.divergence) +
  model(e.model) +
  boolean(e.contextCondensed) +
  control(e.control);

const money = (e: Fields): Answer => usage(e.usage) + anyInteger(e.costNanoUsd) + anyInteger(e.estimatedCostNanoUsd) + budget(e.budget);

function trace(value: unknown): Answer {
  const t = fieldsOf(value);
  if (t === undefined || t.traceId === undefined || t.spanId === undefined) return BAD;
  return adds(text(t.traceId, 32) + text(t.spanId, 16) + text(t.parentSpanId, 16), t);
}

function plan(value: unknown): Answer {
  if (value === undefined) return 0;
  const p = fieldsOf(value);
  return p === undefined || p.id === undefined ? BAD : adds(text(p.id, 256) + count(p.step) + count(p.steps), p);
}

function policy(value: unknown): Answer {
  if (value === undefined) return 0;
  const p = fieldsOf(value);
  if (p === undefined || p.verdict === undefined || p.action === undefined) return BAD;
  return adds(oneOf(p.verdict, VERDICTS) + oneOf(p.action, ACTIONS) + text(p.ruleId, 128) + text(p.version, 64) + text(p.reason, 512), p);
}

function approval(value: unknown): Answer {
  if (value === undefined) return 0;
  const a = fieldsOf(value);
  if (a === undefined || a.ticketId === undefined || a.status === undefined) return BAD;
  return adds(text(a.ticketId, 64) + text(a.status, 32) + count(a.waitMs) + texts(a.approvers, 16, 256), a);
}

function divergence(value: unknown): Answer {
  if (value === undefined) return 0;
  const d = fieldsOf(value);
  return d === undefined || d.score === undefined || d.reasons === undefined
    ? BAD
    : adds(number(d.score, 0, 1) + texts(d.reasons, 16, 256), d);
}

function model(value: unknown): Answer {
  if (value === undefined) return 0;
  const m = fieldsOf(value);
  return m === undefined ? BAD : adds(text(m.provider, 128) + text(m.request, 256) + text(m.response, 256), m);
}

function control(value: unknown): Answer {
  if (value === undefined) return 0;
  const c = fieldsOf(value);
  return c === undefined ? BAD : adds(oneOf(c.state, STATES) + text(c.commandId, 64), c);
}

function usage(value: unknown): Answer {
  if (value === undefined) return 0;
  const u = fieldsOf(value);
  if (u === undefined) return BAD;
  return adds(
    count(u.inputTokens) + count(u.outputTokens) + count(u.cacheReadTokens) + count(u.cacheCreationTokens) + count(u.reasoningTokens),
    u,
  );
}

function budget(value: unknown): Answer {
  if (value === undefined) return 0;
  const b = fieldsOf(value);
  if (b === undefined || b.id === undefined) return BAD;
  return adds(text(b.id, 128) + anyInteger(b.remainingNanoUsd) + anyInteger(b.remainingTokens) + anyInteger(b.remainingCalls), b);
}
