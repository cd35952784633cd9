import type { Score } from '@belay/protocol';
import { platformTime } from './datetime64.ts';
import type { Row } from './decision-row.ts';
import { wellFormed } from './well-formed.ts';

/** What a detector measured, and when the platform received what it was made of, µs. */
export interface Reading {
  readonly score: Score;
  readonly receivedUs: number;
}

/** The row of `detector_scores` for a reading of a detector. Pure. */
export const scoreToRow = ({ score, receivedUs }: Reading): Row => ({
  tenant: score.tenant,
  agent_id: wellFormed(score.agentId),
  agent_name: wellFormed(score.agentName),
  agent_version: wellFormed(score.agentVersion),
  detector: wellFormed(score.detector),
  rule: wellFormed(score.metric),
  subject: wellFormed(score.subject),
  at: platformTime(receivedUs),
  agent_us: score.atUs,
  score: score.value,
  reference: score.reference,
  statistic: score.statistic,
  threshold: score.threshold,
  samples: score.samples,
  learning: score.learning,
});
