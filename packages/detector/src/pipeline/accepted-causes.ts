import type { InputRecord, Json } from '@belay/protocol';

const CAUSES_MAX = 256;
const NONE: readonly string[] = [];

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** Causes of one agent that a person called expected or false: recorded when found again, not answered. The oldest beyond 256 are forgotten. */
export class AcceptedCauses {
  #causes = new Set<string>();

  has(causeKey: string): boolean {
    return this.#causes.size > 0 && this.#causes.has(causeKey);
  }

  take({ detector, cause, verdict, change }: Feedback): void {
    if (cause === undefined) return;
    const key = causeKeyOf(detector, cause);
    this.#causes.delete(key);
    if (change === 'given' && verdict !== 'true_positive') this.#causes.add(key);
    const oldest = this.#causes.values().next().value;
    if (this.#causes.size > CAUSES_MAX && oldest !== undefined) this.#causes.delete(oldest);
  }

  /** Accepted causes of one detector, at most `most`, newest last. */
  of(detector: string, most: number): readonly string[] {
    if (this.#causes.size === 0) return NONE;
    const start = causeKeyOf(detector, '');
    return [...this.#causes].flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : [])).slice(-most);
  }

  snapshot(): Json {
    return [...this.#causes];
  }

  restore(state: Json | undefined): void {
    this.#causes = new Set(Array.isArray(state) ? state.map(String) : []);
  }
}

/** What the findings of one story share within an agent. */
export const causeKeyOf = (detector: string, cause: string): string => `${detector}|${cause}`;
