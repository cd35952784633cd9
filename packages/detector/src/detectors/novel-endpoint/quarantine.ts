import type { FeedbackVerdict, Json } from '@belay/protocol';
import { Judgements } from '../judgements.ts';
import { RecentMap } from '../recent-map.ts';

/** Stories and keys that are remembered; the oldest beyond it are forgotten, and may then be learned. */
const STORIES_MAX = 256;
const KEYS_MAX = 2_048;
const SESSIONS_MAX = 255;

/** What began with one suspicious call: its keys are not learned until a person accepts it. */
export interface Story {
  readonly id: string;
  readonly firstDecisionId: string;
  readonly firstUs: number;
  /** Sessions in which one of its keys was used, and the newest of them. */
  sessions: number;
  lastSession: number;
  verdict: FeedbackVerdict | undefined;
  /** One of its calls was an alarm. */
  isAlarm: boolean;
}

type Word = Parameters<Judgements['take']>[1];

export interface ReleaseRule {
  /** 0 = never. */
  readonly sessions: number;
  readonly days: number;
}

/** Keys that were news in a suspicious call, each with the story it belongs to. */
export class Quarantine {
  readonly #keys = new RecentMap<number, string>(KEYS_MAX);
  readonly #stories = new RecentMap<string, Story>(STORIES_MAX);
  readonly #judgements = new Judgements(STORIES_MAX);

  /** The story of a key that is held back; undefined for one that was accepted, and for one that never was. */
  storyOf(key: number): Story | undefined {
    const id = this.#keys.get(key);
    return id === undefined ? undefined : this.#stories.get(id);
  }

  /** The story of this id, begun now when there is none. */
  open({ id, firstDecisionId, firstUs }: Pick<Story, 'id' | 'firstDecisionId' | 'firstUs'>): Story {
    const known = this.#stories.get(id);
    if (known !== undefined) return known;
    const story: Story = { id, firstDecisionId, firstUs, sessions: 0, lastSession: 0, verdict: undefined, isAlarm: false };
    this.#stories.put(id, story);
    return story;
  }

  /** Puts keys under a story; those that have one stay in theirs. */
  hold(id: string, keys: readonly number[]): void {
    for (const key of keys) if (this.storyOf(key) === undefined) this.#keys.put(key, id);
  }

  /** Counts a session that used the story; accepts it when the rule says so. */
  count(story: Story, { session, atUs }: { session: number; atUs: number }, rule: ReleaseRule): void {
    if (story.lastSession !== session) story.sessions = Math.min(SESSIONS_MAX, story.sessions + 1);
    story.lastSession = session;
    if (rule.sessions === 0 || story.verdict !== undefined || story.sessions < rule.sessions) return;
    if (atUs - story.firstUs >= (rule.days - 1) * 86_400e6) story.verdict = 'expected';
  }

  /** A person judged an anomaly of a story, or took that back: the newest word that stands is the story's. */
  judge(id: string, word: Word): void {
    const story = this.#stories.get(id);
    if (story === undefined) return;
    this.#judgements.take(id, word);
    story.verdict = this.#judgements.of(id);
  }

  snapshot(): Json {
    const stories = [...this.#stories.values()];
    const index = new Map(stories.map(({ id }, at) => [id, at]));
    return {
      stories: stories.map((s) => [s.id, s.firstDecisionId, s.firstUs, s.sessions, s.lastSession, s.verdict ?? '', s.isAlarm ? 1 : 0]),
      keys: this.#keys.entries().map(([key, id]) => [key, index.get(id) ?? -1]),
      ...(this.#judgements.isEmpty ? {} : { judgements: this.#judgements.snapshot() }),
    };
  }

  restore(state: Json): void {
    const { stories, keys, judgements } = state as unknown as QuarantineState;
    this.#judgements.restore(judgements);
    const rows = stories.map(([id, firstDecisionId, firstUs, sessions, lastSession, verdict, isAlarm]): Story => {
      const known = verdict === '' ? undefined : verdict;
      return { id, firstDecisionId, firstUs, sessions, lastSession, verdict: known, isAlarm: isAlarm === 1 };
    });
    this.#stories.replace(rows.map((story) => [story.id, story]));
    this.#keys.replace(keys.map(([key, at]) => [key, rows[at]?.id ?? '']));
  }
}

interface QuarantineState {
  readonly stories: readonly (readonly [string, string, number, number, number, FeedbackVerdict | '', number])[];
  readonly keys: readonly (readonly [number, number])[];
  readonly judgements?: Json;
}

/** Accepted: what it was about is known from now on, as if it had been learned. */
export const isAcceptedStory = ({ verdict }: Story): boolean => verdict === 'expected' || verdict === 'false_positive';
