import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import { clockTime, shortName } from '../wording.ts';
import type { RunMatch } from './run-rules.ts';
import { idOf } from './run-unit.ts';
import { amountText, durationText } from './spend-text.ts';

/** The findings for runs that will cross a limit, have, or are runaways. A decision may reach two limits: only the first of a rule is about it by name. */
export const runFindings = (event: DecisionEvent, matches: readonly RunMatch[]): Finding[] =>
  matches.map((match, at) => {
    const isFirst = matches.findIndex(({ rule }) => rule === match.rule) === at;
    return runFinding(event, match, isFirst ? { kind: 'decision', id: event.id } : { kind: 'window', id: `${event.id}|${at}` });
  });

function runFinding(event: DecisionEvent, match: RunMatch, subject: Finding['subject']): Finding {
  return {
    rule: match.rule,
    subject,
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
  const runs = `${who} ${spent}; the most of the last ${match.runs} runs of its kind is ${amountText(by, match.usual)}, and a runaway begins at ${bound}`;
  if (match.stepsLeft === 0) return `${runs}.`;
  const rate =
    by === 'cost' ? `${amountText('cost', match.perStep)} a step` : `${durationText(match.secondsLeft / match.stepsLeft)} a call`;
  const ahead = `at ${rate} it is there in ${Math.ceil(match.stepsLeft)} steps, about ${durationText(match.secondsLeft)}`;
  if (match.rule === 'will_cross') return `${who} ${spent} and will cross its limit of ${bound}: ${ahead}.`;
  return `${runs}: ${ahead}.`;
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
