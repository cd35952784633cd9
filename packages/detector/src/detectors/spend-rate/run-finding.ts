import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import { clockTime, shortName } from '../wording.ts';
import type { RunMatch } from './run-rules.ts';
import { idOf } from './run-unit.ts';
import { amountText, durationText } from './spend-text.ts';

/** The finding for a run that will cross its limit, has, or is a runaway: its sentence, evidence and facts. */
export function runFinding(event: DecisionEvent, match: RunMatch): Finding {
  return {
    rule: match.rule,
    subject: { kind: 'decision', id: event.id },
    cause: runCauseOf(match),
    score: match.severity === 'critical' ? 1 : scoreOf(match),
    severity: match.severity,
    explanation: sentenceOf(event, match).slice(0, 1024),
    decisionIds: [event.id],
    facts: factsOf(match),
    scope: match.kind === 'run' || event.sessionId === undefined ? 'run' : 'session',
  };
}

/** What the findings about one run and one measure share. */
export const runCauseOf = ({ rule, by, unit }: RunMatch): string => `${rule}|${by}|${unit.key.toString(36)}`;

/** The nearer the limit, the higher. */
const scoreOf = ({ stepsLeft }: RunMatch): number => Math.max(0.6, 0.95 - 0.02 * stepsLeft);

function sentenceOf(event: DecisionEvent, match: RunMatch): string {
  const { kind, by, unit, limit } = match;
  const name = shortName(idOf(event, kind) ?? '');
  const who = `${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)} ${name} of agent ${event.agent.id}`;
  const spent = `${by === 'cost' ? 'has spent' : 'has made'} ${amountText(by, by === 'cost' ? unit.spent : unit.calls)} since ${clockTime(unit.firstUs)}`;
  const bound = amountText(by, limit);
  if (match.rule === 'cap_limit') return `${who} ${spent}, and its limit is ${bound}.`;
  const rate =
    by === 'cost' ? `${amountText('cost', match.perStep)} a step` : `${durationText(match.secondsLeft / match.stepsLeft)} a call`;
  const ahead = `at ${rate} it is there in ${Math.ceil(match.stepsLeft)} steps, about ${durationText(match.secondsLeft)}`;
  if (match.rule === 'will_cross') return `${who} ${spent} and will cross its limit of ${bound}: ${ahead}.`;
  return `${who} ${spent}; the most of the last ${match.runs} runs of its kind is ${amountText(by, match.usual)}, and a runaway begins at ${bound}: ${ahead}.`;
}

function factsOf({ kind, by, unit, limit, stepsLeft, secondsLeft, perStep, runs, usual }: RunMatch): Record<string, string | number> {
  return {
    per: kind,
    spent_nano_usd: Math.round(unit.spent),
    calls: unit.calls,
    since_us: unit.firstUs,
    ...(by === 'cost'
      ? { limit_nano_usd: Math.round(limit), usual_nano_usd: Math.round(usual) }
      : { limit_calls: limit, usual_calls: usual }),
    per_step: Math.round(perStep),
    steps_left: Math.ceil(stepsLeft),
    seconds_left: Math.round(secondsLeft),
    runs,
  };
}
