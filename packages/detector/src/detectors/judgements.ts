import type { FeedbackVerdict, InputRecord, Json } from '@belay/protocol';
import { RecentMap } from './recent-map.ts';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** Words about one cause that are remembered, one an anomaly; the oldest beyond it are forgotten. */
const WORDS_MAX = 8;

/**
 * What people said of the anomalies of each cause. The newest word on a cause counts; taking one back leaves what the others say, so that it
 * undoes itself and nothing else. Bounded: the cause that was spoken of longest ago is forgotten first.
 */
export class Judgements {
  /** By cause, then by anomaly, oldest first. */
  readonly #causes: RecentMap<string, RecentMap<string, FeedbackVerdict>>;

  /** @param most causes that are remembered. */
  constructor(most: number) {
    this.#causes = new RecentMap(most);
  }

  get isEmpty(): boolean {
    return this.#causes.size === 0;
  }

  take(cause: string, { anomalyId, verdict, change }: Pick<Feedback, 'anomalyId' | 'verdict' | 'change'>): void {
    const words = this.#causes.get(cause) ?? new RecentMap<string, FeedbackVerdict>(WORDS_MAX);
    if (change === 'given') words.put(anomalyId, verdict);
    else words.delete(anomalyId);
    if (words.size > 0) this.#causes.put(cause, words);
    else this.#causes.delete(cause);
  }

  /** The newest word that stands; undefined when there is none. */
  of(cause: string): FeedbackVerdict | undefined {
    return this.#causes.get(cause)?.entries().at(-1)?.[1];
  }

  /** Called expected or false: found again, it is nothing new. */
  accepts(cause: string): boolean {
    const verdict = this.of(cause);
    return verdict !== undefined && verdict !== 'true_positive';
  }

  /** Accepted causes, the newest last. */
  accepted(): string[] {
    return this.#causes.entries().flatMap(([cause]) => (this.accepts(cause) ? [cause] : []));
  }

  snapshot(): Json {
    return this.#causes.entries().map(([cause, words]) => [cause, words.entries()]);
  }

  /** What is not one of its snapshots is none. */
  restore(state: Json | undefined): void {
    const rows = Array.isArray(state) ? (state as [string, [string, FeedbackVerdict][]][]) : [];
    this.#causes.replace(rows.filter(Array.isArray).map(([cause, words]) => [cause, wordsOf(words)]));
  }
}

function wordsOf(rows: readonly [string, FeedbackVerdict][]): RecentMap<string, FeedbackVerdict> {
  const words = new RecentMap<string, FeedbackVerdict>(WORDS_MAX);
  words.replace(rows);
  return words;
}
