import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Corpus } from './corpora.ts';
import { ROOT } from './eval-folder.ts';
import { HALVES, halfOfLabels, type Labels } from './halves.ts';
import { falsePauses } from './healthy.ts';
import type { CorpusResult, Judged } from './results.ts';
import { runNode } from './run-tool.ts';
import { labelsFile, linesOf, scoreAll } from './score-corpus.ts';

export interface EvaluationOptions {
  readonly evalDir: string;
  /** Folder for converted files, anomalies and halves. */
  readonly outDir: string;
  readonly quick: boolean;
  readonly onStage: (stage: string) => void;
}

type Measured = Pick<CorpusResult, 'seed' | 'units' | 'decisions' | 'config' | 'on' | 'off' | 'floors'> & { readonly limit?: number };

const SEED = 1;

/** The configuration of a corpus whose case no default can know, e.g. a limit in USD; undefined = as shipped. */
export function configFileOf(corpus: Corpus): string | undefined {
  const file = join(ROOT, 'bench/eval', `${corpus.id}.yaml`);
  return existsSync(file) ? file : undefined;
}

/** Judges a converted corpus with capture on and off and by the floor, and scores all of it. */
export async function evaluateCorpus(corpus: Corpus, input: Converted, options: EvaluationOptions): Promise<Measured> {
  const configFile = configFileOf(corpus);
  const on = await judge(corpus, { input, options, configFile, capture: 'redacted' });
  const off = await judge(corpus, { input, options, configFile, capture: 'off' });
  const floors: Record<string, Judged> = {};
  for (const novelty of corpus.floors) floors[novelty] = await judgeFloor(corpus, { input, options, novelty });
  return {
    seed: SEED,
    ...(input.limit === undefined ? {} : { limit: input.limit }),
    units: (input.labels[corpus.units] as unknown[]).length,
    decisions: on.decisions,
    config: configFile === undefined ? 'as shipped' : relative(ROOT, configFile),
    on: on.judged,
    off: off.judged,
    floors,
  };
}

/** A corpus as OTLP, with its labels, whole and in halves. */
export interface Converted {
  /** Path that the names of all files of it begin with. */
  readonly base: string;
  readonly otlp: string;
  readonly labels: Labels;
  readonly limit: number | undefined;
}

/** The converter's files are kept: they depend on the corpus and the seed alone, and a corpus that is newer is converted again. */
export async function convertCorpus(corpus: Corpus, { evalDir, outDir, quick, onStage }: EvaluationOptions): Promise<Converted> {
  mkdirSync(outDir, { recursive: true });
  const limit = quick ? corpus.quickLimit : undefined;
  const base = join(outDir, `${corpus.id}.${limit === undefined ? 'full' : `first-${limit}`}.seed-${SEED}`);
  const [otlp, labelsPath] = [`${base}.otlp.jsonl`, labelsFile(base, 'all')];
  if (!isFresh(labelsPath, [join(evalDir, corpus.id), join(evalDir, 'tools/lib')])) {
    onStage('converting to OTLP');
    const tool = join(evalDir, 'tools/to-otlp.mjs');
    const partial = `${labelsPath}.partial`;
    rmSync(labelsPath, { force: true });
    const args = ['--corpus', corpus.id, '--data', evalDir, '--out', otlp, '--labels', partial, '--seed', String(SEED)];
    await runNode([tool, ...args, ...(limit === undefined ? [] : ['--limit', String(limit)])]);
    renameSync(partial, labelsPath);
  }
  const labels = JSON.parse(readFileSync(labelsPath, 'utf8')) as Labels;
  for (const half of HALVES) writeFileSync(labelsFile(base, half), JSON.stringify(halfOfLabels(labels, corpus, half)));
  return { base, otlp, labels, limit };
}

const isFresh = (file: string, sources: readonly string[]): boolean =>
  existsSync(file) && sources.every((source) => !existsSync(source) || statSync(source).mtimeMs <= statSync(file).mtimeMs);

interface Task {
  readonly input: Converted;
  readonly options: EvaluationOptions;
}

/** The command a person would type: `belay backtest FILE --out … --config … --capture …`. */
async function judge(
  corpus: Corpus,
  task: Task & { configFile: string | undefined; capture: 'redacted' | 'off' },
): Promise<{ judged: Judged; decisions: number }> {
  const { input, options, configFile, capture } = task;
  options.onStage(`backtest, capture ${capture === 'off' ? 'off' : 'on'}`);
  const startedMs = performance.now();
  const out = `${input.base}.${capture}.anomalies.jsonl`;
  const summary = await runNode([
    ...['--conditions=belay-source', join(ROOT, 'packages/belay/src/main.ts')],
    ...['backtest', input.otlp, '--out', out, '--capture', capture, '--strict', '--json'],
    ...(configFile === undefined ? [] : ['--config', configFile]),
  ]);
  const seconds = secondsSince(startedMs);
  const pauses = falsePauses(corpus, input.labels, linesOf(out));
  options.onStage('scoring');
  const detectors = await scoreAll(corpus, { ...input, evalDir: options.evalDir }, out);
  const { decisions } = JSON.parse(summary) as { decisions: number };
  return { judged: { detectors, ...(pauses === undefined ? {} : { pauses }), seconds }, decisions };
}

async function judgeFloor(corpus: Corpus, { input, options, novelty }: Task & { novelty: string }): Promise<Judged> {
  options.onStage(`reference detectors${novelty === 'quiet' ? ' (novelty never learns)' : ''}`);
  const startedMs = performance.now();
  const out = `${input.base}.floor-${novelty}.anomalies.jsonl`;
  await runNode([join(options.evalDir, 'tools/reference-detectors.mjs'), '--in', input.otlp, '--out', out, '--novelty', novelty]);
  const seconds = secondsSince(startedMs);
  return { detectors: await scoreAll(corpus, { ...input, evalDir: options.evalDir }, out), seconds };
}

const secondsSince = (startedMs: number): number => Math.round((performance.now() - startedMs) / 100) / 10;
