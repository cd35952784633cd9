import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import type { Detector, Finding } from './detector.ts';

/** Nothing found: one list for all. */
export const NOTHING: readonly Finding[] = [];

/** A detector that finds, learns and remembers nothing; others say only in what they differ. */
export abstract class BaseDetector implements Detector {
  observe(_event: DecisionEvent, _atUs: number): void {
    // Watches nothing.
  }

  score(_event: DecisionEvent, _atUs: number): readonly Finding[] {
    return NOTHING;
  }

  learn(_event: DecisionEvent, _atUs: number): void {
    // Has no baseline.
  }

  absorb(_record: InputRecord): readonly Finding[] {
    return NOTHING;
  }

  learning(): { learned: number; needed: number } {
    return { learned: 0, needed: 0 };
  }

  abstract snapshot(): Json;

  abstract restore(state: Json): void;
}
