import type { Effect } from '@belay/protocol';
import type { TraitKind } from './trait.ts';

type Points = Readonly<Record<Effect, number>>;

const same = (points: number): Points => ({ read: points, write: points, destructive: points });
const acting = (points: number): Points => ({ read: 0, write: points, destructive: points });

const VALUE: Points = { read: 1, write: 2.5, destructive: 2.5 };

/** What something new is worth, by what it is and what the call does. Chosen on half of the agents of the corpus (docs/adr/010). */
export const TRAIT_POINTS: Readonly<Record<TraitKind, Points>> = {
  tool: { read: 0, write: 0, destructive: 1 },
  credential: acting(5),
  secret: acting(1),
  sensitive_path: same(4),
  party: acting(2),
  host: { read: 0.5, write: 2, destructive: 2 },
  url: { read: 3.5, write: 2, destructive: 2 },
  place: acting(1),
  value: VALUE,
  address: VALUE,
  path: { read: 0.5, write: 1.25, destructive: 1.25 },
  pair: { read: 0.3, write: 0, destructive: 1.5 },
  other: same(0.3),
};

/** Traits of one class are one piece of news: the largest counts. */
export const TRAIT_CLASS: Readonly<Record<TraitKind, number>> = {
  tool: 0,
  credential: 1,
  secret: 2,
  sensitive_path: 3,
  party: 4,
  host: 4,
  url: 4,
  place: 5,
  value: 6,
  address: 6,
  path: 6,
  pair: 7,
  other: 8,
};
export const CLASSES = 9;

/** What the moment adds to news. */
export const CONTEXT_POINTS = {
  /** The call before was a read that succeeded: what is new may come out of what it brought. */
  afterRead: 1,
  /** A write after a tool that it never came after. */
  newTransition: 0.75,
  /** The session's first call: it comes from who opened the session. */
  first: -3,
  /** The call did not succeed. */
  failed: -2.5,
  /** Each earlier call of the session that brought news too, up to four: a task that is new is new all the time. */
  earlierNews: -0.75,
  /** Part of it belongs to a story that was an alarm in another session. */
  knownStory: 1,
} as const;

/** Earlier calls with news that count. */
export const EARLIER_NEWS_MAX = 4;
/** A call with fewer points brings no news that counts. */
export const NEWS_MIN = 0.5;

/** A value that an earlier call of the session had, in another argument; and one that any call of this agent had. */
export const VALUE_FACTORS = { seenInSession: 0.5, seenBefore: 1 } as const;
