import type { FeedbackVerdict, InputRecord, Json } from '@belay/protocol';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** Words about one cause that are remembered, one an anomaly; the oldest beyond it are forgotten. */
const WORDS_MAX = 8;

/**
 * What people said of the anomalies of each cause. The newest word on a cause counts; taking one back leaves what the others say, so that it
 * undoes itself and nothing else. Bounded: the cause that was spoken of longest ago is forgotten first.
 */
export class Judgements {
  readonly #most: number;
  /** By cause, then by anomaly, oldest first. */
  #causes = new Map<string, Map<string, FeedbackVerdict>>();

  /** @param most causes that are remembered. */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#causes.size === 0;
  }

  take(cause: string, { anomalyId, verdict, change }: Pick<Feedback, 'anomalyId' | 'verdict' | 'change'>): void {
    const words = this.#causes.get(cause) ?? new Map<string, FeedbackVerdict>();
    this.#causes.delete(cause);
    words.delete(anomalyId);
    if (change === 'given') words.set(anomalyId, verdict);
    if (words.size > 0) this.#causes.set(cause, words);
    forgetOldest(words, WORDS_MAX);
    forgetOldest(this.#causes, this.#most);
  }

  /** The newest word that stands; undefined when there is none. */
  of(cause: string): FeedbackVerdict | undefined {
    if (this.#causes.size === 0) return undefined;
    return [...(this.#causes.get(cause)?.values() ?? [])].at(-1);
  }

  /** Called expected or false: found again, it is nothing new. */
  accepts(cause: string): boolean {
    const verdict = this.of(cause);
    return verdict !== undefined && verdict !== 'true_positive';
  }

  /** Accepted causes, the newest last. */
  accepted(): string[] {
    return [...this.#causes.keys()].filter((cause) => this.accepts(cause));
  }

  snapshot(): Json {
    return [...this.#causes].map(([cause, words]) => [cause, [...words]]);
  }

  /** What is not one of its snapshots is none. */
  restore(state: Json | undefined): void {
    const rows = Array.isArray(state) ? (state as [string, [string, FeedbackVerdict][]][]) : [];
    this.#causes = new Map(rows.filter(Array.isArray).map(([cause, words]) => [cause, new Map(words)]));
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
