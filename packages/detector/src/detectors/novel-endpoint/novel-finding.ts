import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import type { News } from './assess.ts';
import type { Story } from './quarantine.ts';
import type { TraitKind } from './trait.ts';

/** What a finding is made of. */
export interface Suspicion {
  readonly points: number;
  /** Worth most first; at least one. */
  readonly news: readonly News[];
  readonly story: Story;
  /** The story was known before this call. */
  readonly isRepeat: boolean;
  readonly isAlarm: boolean;
  readonly isAfterRead: boolean;
  readonly alarmAt: number;
  /** How long the agent has been watched. */
  readonly calls: number;
  readonly sessions: number;
  /** False: no fleet prior has arrived. */
  readonly hasFleet: boolean;
}

const WORDS: Readonly<Record<TraitKind, string>> = {
  tool: 'the tool',
  credential: 'a credential in',
  secret: 'a secret in',
  sensitive_path: 'a sensitive path in',
  party: 'the recipient',
  host: 'the host',
  url: 'the host',
  place: 'the address',
  value: 'a value of',
  address: 'a value of',
  path: 'a value of',
  pair: 'the way',
  other: 'the destination',
};
const NEWS_SHOWN = 3;
const LABEL_MAX = 120;

/** The finding for a suspicious call: its sentence, evidence and facts. */
export function novelFinding(event: DecisionEvent, suspicion: Suspicion): Finding {
  const { story, isAlarm, points, alarmAt } = suspicion;
  const origin = originOf(suspicion);
  return {
    rule: origin === undefined ? 'novel' : 'untrusted_content',
    subject: { kind: 'decision', id: event.id },
    cause: `${story.id}|${event.sessionId ?? event.runId ?? ''}`,
    score: Math.min(0.99, points / (2 * alarmAt)),
    severity: isAlarm ? 'warning' : 'info',
    explanation: sentenceOf(event, suspicion, origin),
    decisionIds: [...new Set([story.firstDecisionId, ...(origin === undefined ? [] : [origin]), event.id])],
    facts: factsOf(event, suspicion, origin),
    scope: event.sessionId === undefined ? 'run' : 'session',
  };
}

const originOf = ({ news }: Suspicion): string | undefined => news.find(({ origin }) => origin !== undefined)?.origin;

/** What counted, in words; an argument that is a destination is told as the destination. */
function shownNews({ news }: Suspicion): string {
  const counted = news.filter(({ points }) => points > 0);
  const named = counted.filter(({ trait }) => trait.kind !== 'address');
  const shown = named.length > 0 ? named : counted.length > 0 ? counted : news.slice(0, 1);
  return shown
    .slice(0, NEWS_SHOWN)
    .map(({ trait }) => `${WORDS[trait.kind]} ${trait.label.slice(0, LABEL_MAX)}`)
    .join(', ');
}

function sentenceOf({ agent, call }: DecisionEvent, suspicion: Suspicion, origin: string | undefined): string {
  const { calls, sessions, hasFleet, isAfterRead, isRepeat, points, alarmAt } = suspicion;
  const others = hasFleet ? ', nor have two others of its kind unflagged' : '';
  const source = origin === undefined ? '' : '; it stood in what an earlier call of this session brought, and nowhere before';
  const moment = isAfterRead && origin === undefined ? ', right after reading something' : '';
  const repeat = isRepeat ? ' It was found before and nobody has accepted it.' : '';
  return (
    `Agent ${agent.id} calls ${call?.name ?? ''} with ${shownNews(suspicion)}${moment}: in ${calls} calls of ${sessions} sessions it has not used that${others}` +
    `${source} (${points.toFixed(1)} points, alarm at ${alarmAt.toFixed(1)}).${repeat}`
  ).slice(0, 2048);
}

function factsOf({ call }: DecisionEvent, suspicion: Suspicion, origin: string | undefined): Record<string, string | number> {
  const { news, points, alarmAt, calls, sessions, story } = suspicion;
  const [first] = news;
  return {
    tool: call?.name ?? '',
    effect: call?.effect ?? '',
    points: Number(points.toFixed(2)),
    alarm_at: Number(alarmAt.toFixed(2)),
    new_kinds: [...new Set(news.map(({ trait }) => trait.kind))].join(' '),
    new_most: (first?.trait.label ?? '').slice(0, LABEL_MAX),
    watched_calls: calls,
    watched_sessions: sessions,
    first_decision: story.firstDecisionId,
    earlier_sessions: story.sessions,
    ...(origin === undefined ? {} : { first_mentioned_in: origin }),
  };
}
