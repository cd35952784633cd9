import { platformTime } from './datetime64.ts';
import type { Row } from './decision-row.ts';
import { wellFormed } from './well-formed.ts';

/** A sampled score of a detector, for plots. `atUs` is the platform's clock, µs; `score` and `threshold` on the detector's own scale. */
export interface DetectorScore {
  readonly tenant: string;
  readonly agentId: string;
  readonly detector: string;
  readonly rule: string;
  readonly atUs: number;
  readonly score: number;
  readonly threshold?: number;
  readonly learning: boolean;
}

/** The row of `detector_scores` for a sampled score. Pure. */
export const scoreToRow = (score: DetectorScore): Row => ({
  tenant: score.tenant,
  agent_id: wellFormed(score.agentId),
  detector: wellFormed(score.detector),
  rule: wellFormed(score.rule),
  at: platformTime(score.atUs),
  score: score.score,
  threshold: score.threshold,
  learning: score.learning,
});
