import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import type { Match, Rule } from './rule.ts';
import type { SessionTrack } from './session-track.ts';

interface Verdict {
  readonly rule: Rule;
  readonly match: Match;
  readonly track: SessionTrack;
}

/** The finding for a rule that holds: its sentence, evidence and facts. */
export function loopFinding(event: DecisionEvent, { rule, match, track }: Verdict): Finding {
  const session = event.sessionId ?? event.runId ?? '';
  return {
    rule: rule.id,
    subject: { kind: 'decision', id: event.id },
    cause: `${session}|${track.turn}|${match.key.toString(36)}`,
    score: scoreOf(match),
    severity: match.severity,
    explanation: sentenceOf(event, match),
    decisionIds: track.ids.slice(-Math.max(1, Math.min(match.count, track.ids.length))),
    facts: { repeats: match.count, tool: (event.call?.name ?? event.model?.request ?? 'model').slice(0, 256), pattern: match.what },
    scope: event.sessionId === undefined ? 'run' : 'session',
  };
}

/** 0.5 for a nudge, from 0.8 for a loop upwards with every further repeat. */
function scoreOf({ severity, count }: Match): number {
  const base = severity === 'info' ? 0.5 : severity === 'warning' ? 0.8 : 0.95;
  return Math.min(1, base + 0.001 * count);
}

function sentenceOf(event: DecisionEvent, { what, count, severity }: Match): string {
  const who = `Agent ${event.agent.id}`;
  const of = event.call === undefined ? '' : ` (newest: ${event.call.name})`;
  const hint = {
    info: 'It may go on; a hint to change course is enough.',
    warning: 'It makes no progress.',
    critical: 'It must be stopped.',
  }[severity];
  return `${who} repeats ${what} ${count} times in a row${of}. ${hint}`.slice(0, 2048);
}
