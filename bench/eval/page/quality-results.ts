import type { CurvePoint } from '../evaluate-curve.ts';
import type { NabMeasured } from '../evaluate-nab.ts';
import type { CorpusResult, Run } from '../results.ts';

/** What the page is made of. Anything that was never measured is absent, and said so. */
export interface QualityResults {
  readonly corpora: ReadonlyMap<string, CorpusResult>;
  readonly curve: (Run & { readonly points: readonly CurvePoint[] }) | undefined;
  readonly nab: (Run & NabMeasured) | undefined;
}

/** Sorts the files of the results folder by what they are. */
export function resultsOf(files: ReadonlyMap<string, unknown>): QualityResults {
  const corpora = [...files].filter(([name]) => name !== 'agentdojo-curve' && name !== 'nab');
  return {
    corpora: new Map(corpora.map(([name, result]) => [name, result as CorpusResult])),
    curve: files.get('agentdojo-curve') as QualityResults['curve'],
    nab: files.get('nab') as QualityResults['nab'],
  };
}
