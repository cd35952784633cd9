import type { Effect } from '@belay/protocol';
import type { Habits } from './habits.ts';
import { CLASSES, CONTEXT_POINTS, EARLIER_NEWS_MAX, TRAIT_CLASS, TRAIT_POINTS, VALUE_FACTORS } from './points.ts';
import { originOf, type SessionMemory } from './session-memory.ts';
import type { Trait } from './trait.ts';

/** A trait that is new to the agent and, where there is one, to its fleet. */
export interface News {
  readonly trait: Trait;
  readonly points: number;
  /** Decision of this session in whose result the destination stood before. */
  readonly origin: string | undefined;
}

/** What is new about a call, and how much that is. */
export interface Assessment {
  readonly points: number;
  /** Without what the moment adds. */
  readonly base: number;
  /** Worth most first. */
  readonly news: readonly News[];
  readonly isAfterRead: boolean;
}

/** What an assessment depends on besides the agent's habits. */
export interface Moment {
  readonly effect: Effect;
  readonly hasFailed: boolean;
  readonly isNewTransition: boolean;
  readonly session: SessionMemory;
  readonly isNew: (key: number) => boolean;
  /** Does the key belong to a story that was an alarm? */
  readonly isKnownStory: (key: number) => boolean;
  /** A call that more of the sessions make does not tell a task. */
  readonly taskShare: number;
  /** What at least this share of the task's earlier sessions brought is worth `taskFactor`; what fewer brought counts in proportion. */
  readonly taskHabit: number;
  readonly taskFactor: number;
  /** Share of its points that news has which the session had before. */
  readonly sessionFactor: number;
}

/** Adds up what is new about a call; undefined when nothing is. Pure. */
export function assess(traits: readonly Trait[], habits: Habits, moment: Moment): Assessment | undefined {
  const news: News[] = [];
  for (const trait of traits)
    if (moment.isNew(trait.key)) news.push({ trait, points: pointsOf(trait, habits, moment), origin: originOf(moment.session, trait.key) });
  if (news.length === 0) return undefined;
  const base = largestPerClass(news);
  const isAfterRead = moment.session.effect === 'read';
  const points = base === 0 ? 0 : base + contextPoints(moment) + (isKnownElsewhere(news, moment) ? CONTEXT_POINTS.knownStory : 0);
  return { points, base, news: news.sort((a, b) => b.points - a.points), isAfterRead };
}

const isKnownElsewhere = (news: readonly News[], { session, isKnownStory }: Moment): boolean =>
  news.some(({ trait }) => isKnownStory(trait.key) && !session.used.has(trait.key));

function pointsOf(trait: Trait, habits: Habits, moment: Moment): number {
  const { effect, session } = moment;
  let points = TRAIT_POINTS[trait.kind][effect];
  if (points === 0) return 0;
  if (trait.habit !== 0) points *= 1 - habits.rate(trait.habit);
  if (trait.value !== 0) {
    if (session.used.has(trait.value)) points *= VALUE_FACTORS.seenInSession;
    else if (habits.hasValue(trait.value)) points *= VALUE_FACTORS.seenBefore;
  }
  if (session.used.has(trait.key)) return points * moment.sessionFactor;
  const regular = habits.shareOfTask(session.made, trait.key, moment.taskShare) / moment.taskHabit;
  return points * Math.max(moment.taskFactor, 1 - regular);
}

function largestPerClass(news: readonly News[]): number {
  const largest = new Array<number>(CLASSES).fill(0);
  let sum = 0;
  for (const { trait, points } of news) {
    const at = TRAIT_CLASS[trait.kind];
    const more = points - (largest[at] ?? 0);
    if (more <= 0) continue;
    largest[at] = points;
    sum += more;
  }
  return sum;
}

function contextPoints({ effect, hasFailed, isNewTransition, session }: Moment): number {
  let points = CONTEXT_POINTS.earlierNews * Math.min(EARLIER_NEWS_MAX, session.newsCalls);
  if (session.effect === 'read') points += CONTEXT_POINTS.afterRead;
  if (effect !== 'read' && isNewTransition) points += CONTEXT_POINTS.newTransition;
  if (session.calls === 0) points += CONTEXT_POINTS.first;
  return hasFailed ? points + CONTEXT_POINTS.failed : points;
}
