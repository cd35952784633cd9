import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import { clockTime, shortName } from '../wording.ts';
import type { Match, Rule } from './rule.ts';
import type { SessionTrack } from './session-track.ts';

interface Verdict {
  readonly rule: Rule;
  readonly match: Match;
  readonly track: SessionTrack;
}

/** The finding for a rule that holds: its sentence, evidence and facts. */
export function loopFinding(event: DecisionEvent, { rule, match, track }: Verdict): Finding {
  return {
    rule: rule.id,
    subject: { kind: 'decision', id: event.id },
    cause: causeOf(event, match, track),
    score: scoreOf(match),
    severity: match.severity,
    explanation: sentenceOf(event, match, track.spent - match.sinceSpent),
    decisionIds: track.ids.last(Math.max(1, match.count)),
    facts: {
      repeats: match.count,
      tool: (event.call?.name ?? event.model?.request ?? 'model').slice(0, 256),
      pattern: match.what,
      since_us: match.sinceUs,
      spent_nano_usd: track.spent - match.sinceSpent,
    },
    scope: event.sessionId === undefined ? 'run' : 'session',
  };
}

/** 0.5 for a nudge, from 0.8 for a loop upwards with every further repeat. */
function scoreOf({ severity, count }: Match): number {
  const base = severity === 'info' ? 0.5 : severity === 'warning' ? 0.8 : 0.95;
  return Math.min(1, base + 0.001 * count);
}

/** What findings about one pattern of one session and turn share. */
export const causeOf = ({ sessionId, runId }: DecisionEvent, { key }: Match, { turn }: SessionTrack): string =>
  `${sessionId ?? runId ?? ''}|${turn}|${key.toString(36)}`;

const HINTS = {
  info: 'It may go on; a hint to change course is enough.',
  warning: 'It makes no progress.',
  critical: 'It must be stopped.',
} as const;

/** @param spent what the session has spent since the pattern began, nano-USD. */
function sentenceOf(event: DecisionEvent, { what, count, severity, sinceUs }: Match, spent: number): string {
  const of = event.call === undefined ? '' : ` (newest: ${shortName(event.call.name)}${errorText(event)})`;
  const cost = spent > 0 ? `, ${(spent / 1e9).toFixed(4)} USD since then` : '';
  return `Agent ${event.agent.id} repeats ${what} ${count} times in a row${of}, since ${clockTime(sinceUs)}${cost}. ${HINTS[severity]}`;
}

/** How the newest call ended, when that was badly. */
function errorText({ outcome }: DecisionEvent): string {
  if (outcome?.status !== 'error' && outcome?.status !== 'timeout') return '';
  const type = shortName(outcome.errorType ?? outcome.status);
  return outcome.errorClass === undefined ? `, ${type}` : `, ${type} of class ${outcome.errorClass}`;
}
