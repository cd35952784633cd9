/** What a pipeline has seen since it was made. */
export interface PipelineCounts {
  decisions: number;
  records: number;
  /** Decisions whose id was seen before. */
  duplicates: number;
  /** Decisions whose agent's clock ran ahead of the collector's. */
  skewed: number;
  findings: number;
  /** Findings that were only counted: repeats of a cause. */
  repeats: number;
  /** Snapshots that could not be read; their agents started afresh. */
  corrupt: number;
}

export const countNothing = (): PipelineCounts => ({
  decisions: 0,
  records: 0,
  duplicates: 0,
  skewed: 0,
  findings: 0,
  repeats: 0,
  corrupt: 0,
});
