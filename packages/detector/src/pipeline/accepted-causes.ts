import type { InputRecord, Json } from '@belay/protocol';
import { Judgements } from '../detectors/judgements.ts';

const CAUSES_MAX = 256;
/** As much of a cause as an anomaly carries. */
export const CAUSE_LENGTH_MAX = 512;
const NONE: readonly string[] = [];

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** Causes of one agent that a person called expected or false: recorded when found again, not answered. The oldest beyond 256 are forgotten. */
export class AcceptedCauses {
  readonly #judgements = new Judgements(CAUSES_MAX);

  has(causeKey: string): boolean {
    return this.#judgements.accepts(causeKey);
  }

  take(feedback: Feedback): void {
    if (feedback.cause !== undefined) this.#judgements.take(causeKeyOf(feedback.detector, feedback.cause), feedback);
  }

  /** Accepted causes of one detector, at most `most`, newest last. */
  of(detector: string, most: number): readonly string[] {
    if (this.#judgements.isEmpty) return NONE;
    const start = causeKeyOf(detector, '');
    return this.#judgements
      .accepted()
      .flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : []))
      .slice(-most);
  }

  snapshot(): Json {
    return this.#judgements.snapshot();
  }

  restore(state: Json | undefined): void {
    this.#judgements.restore(state);
  }
}

/** What the findings of one story share within an agent: the cause as far as an anomaly carries it, for feedback names it so. */
export const causeKeyOf = (detector: string, cause: string): string => `${detector}|${cause.slice(0, CAUSE_LENGTH_MAX)}`;
