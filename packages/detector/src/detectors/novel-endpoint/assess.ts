import type { Effect } from '@belay/protocol';
import type { Habits } from './habits.ts';
import { CLASSES, CONTEXT_POINTS, TRAIT_CLASS, TRAIT_POINTS, VALUE_FACTORS } from './points.ts';
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
  /** Share of its points that news has which the task, and which the session, had before. */
  readonly taskFactor: number;
  readonly sessionFactor: number;
}

/** Adds up what is new about a call; undefined when nothing is. Pure. */
export function assess(traits: readonly Trait[], habits: Habits, moment: Moment): Assessment | undefined {
  const news: News[] = [];
  for (const trait of traits)
    if (moment.isNew(trait.key)) news.push({ trait, points: pointsOf(trait, habits, moment), origin: originOf(moment.session, trait.key) });
  if (news.length === 0) return undefined;
  const isAfterRead = moment.session.effect === 'read';
  const total = largestPerClass(news);
  const points =
    total === 0 ? 0 : total + contextPoints(moment, { isAfterRead, isUntrusted: news.some(({ origin }) => origin !== undefined) });
  return { points, news: news.sort((a, b) => b.points - a.points), isAfterRead };
}

function pointsOf(trait: Trait, habits: Habits, { effect, session, taskFactor, sessionFactor }: Moment): number {
  let points = TRAIT_POINTS[trait.kind][effect];
  if (points === 0) return 0;
  if (trait.habit !== 0) points *= 1 - habits.rate(trait.habit);
  if (trait.value !== 0) {
    if (session.used.has(trait.value)) points *= VALUE_FACTORS.seenInSession;
    else if (habits.hasValue(trait.value)) points *= VALUE_FACTORS.seenBefore;
  }
  if (session.used.has(trait.key)) return points * sessionFactor;
  return taskFactor < 1 && habits.isOfTask(session.beginning, trait.key) ? points * taskFactor : points;
}

function largestPerClass(news: readonly News[]): number {
  const largest = new Float64Array(CLASSES);
  for (const { trait, points } of news) {
    const at = TRAIT_CLASS[trait.kind];
    largest[at] = Math.max(largest[at] ?? 0, points);
  }
  return largest.reduce((sum, points) => sum + points, 0);
}

function contextPoints(moment: Moment, { isAfterRead, isUntrusted }: { isAfterRead: boolean; isUntrusted: boolean }): number {
  let points = isAfterRead ? CONTEXT_POINTS.afterRead : 0;
  if (moment.effect !== 'read' && moment.isNewTransition) points += CONTEXT_POINTS.newTransition;
  if (moment.session.calls === 0) points += CONTEXT_POINTS.first;
  if (moment.hasFailed) points += CONTEXT_POINTS.failed;
  return isUntrusted ? points + CONTEXT_POINTS.untrusted : points;
}
