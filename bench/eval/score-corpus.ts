import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from './corpora.ts';
import { createHalfFilter, HALVES, type Labels } from './halves.ts';
import type { Scored } from './results.ts';
import { runNode } from './run-tool.ts';

type Part = 'all' | 'a' | 'b';

/** Labels of a part of a converted corpus. */
export const labelsFile = (base: string, part: Part): string => `${base}.${part === 'all' ? '' : `half-${part}.`}labels.json`;

/** Lines of a file of JSON lines. */
export const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** What the folder's own scorer says. */
export async function scoreFile(
  task: { readonly evalDir: string; readonly corpus: string; readonly detector: string },
  labels: string,
  anomalies: string,
): Promise<{ readonly metrics: unknown; readonly anomalies: unknown }> {
  const tool = join(task.evalDir, 'tools/score.mjs');
  const args = ['--corpus', task.corpus, '--labels', labels, '--anomalies', anomalies, '--detector', task.detector];
  return JSON.parse(await runNode([tool, ...args])) as { metrics: unknown; anomalies: unknown };
}

/** Scores a file of anomalies for each detector of the corpus: the whole of it, and either half against the labels of that half. */
export async function scoreAll(
  corpus: Corpus,
  input: { readonly base: string; readonly labels: Labels; readonly evalDir: string },
  anomalies: string,
): Promise<Record<string, Scored>> {
  for (const half of HALVES) {
    const isOfHalf = createHalfFilter(input.labels, corpus, half);
    const lines = linesOf(anomalies).filter(isOfHalf);
    writeFileSync(`${anomalies}.half-${half}`, lines.map((line) => `${line}\n`).join(''));
  }
  const scored: Record<string, Scored> = {};
  for (const detector of corpus.detectors) {
    const score = async (part: Part): Promise<unknown> => {
      const lines = part === 'all' ? anomalies : `${anomalies}.half-${part}`;
      const said = await scoreFile({ evalDir: input.evalDir, corpus: corpus.id, detector }, labelsFile(input.base, part), lines);
      return { anomalies: said.anomalies, ...compact(said.metrics, part) };
    };
    scored[detector] = { all: await score('all'), a: await score('a'), b: await score('b') };
  }
  return scored;
}

interface ScenarioMetrics {
  readonly scenarios: readonly { readonly scenario: string; readonly passed: boolean }[];
  readonly totals: Readonly<Record<string, unknown>>;
}

/** Of the conformance scenarios: the totals by source, and the failed ones by name. Of a half: the whole of it only, not its parts. */
function compact(metrics: unknown, part: Part): Record<string, unknown> {
  if (typeof metrics !== 'object' || metrics === null || !('scenarios' in metrics)) {
    const { by_source: bySource, by_suite: bySuite, ...rest } = metrics as Record<string, unknown>;
    return part === 'all' && bySuite !== undefined ? { ...rest, bySource, bySuite } : rest;
  }
  const { scenarios, totals } = metrics as unknown as ScenarioMetrics;
  const failed = scenarios.filter(({ passed }) => !passed).map(({ scenario }) => scenario);
  return { totals: Object.fromEntries(Object.entries(totals).filter(([name]) => !name.startsWith('tag:'))), failed };
}
