import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Corpus } from './corpora.ts';
import { ROOT } from './eval-folder.ts';
import { createHalfFilter, HALVES, halfOfLabels, type Labels } from './halves.ts';
import { falsePauses } from './healthy.ts';
import type { CorpusResult, Judged, Scored } from './results.ts';
import { runNode } from './run-tool.ts';

export interface EvaluationOptions {
  readonly evalDir: string;
  /** Folder for converted files, anomalies and halves. */
  readonly outDir: string;
  readonly quick: boolean;
  readonly onStage: (stage: string) => void;
}

export type Measured = Pick<CorpusResult, 'seed' | 'units' | 'decisions' | 'config' | 'on' | 'off' | 'floors'> & {
  readonly limit?: number;
};

const SEED = 1;

/** Converts a corpus (or takes the copy of an earlier run), judges it with capture on and off and by the floor, and scores all of it. */
export async function evaluateCorpus(corpus: Corpus, options: EvaluationOptions): Promise<Measured> {
  const input = await convert(corpus, options);
  writeHalves(corpus, input);
  const config = join(ROOT, 'bench/eval', `${corpus.id}.yaml`);
  const configFile = existsSync(config) ? config : undefined;
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

interface Input {
  readonly base: string;
  readonly otlp: string;
  readonly labels: Labels;
  readonly limit: number | undefined;
}

/** The converter's files are kept: they depend on the corpus and the seed alone, and a corpus that is newer is converted again. */
async function convert(corpus: Corpus, { evalDir, outDir, quick, onStage }: EvaluationOptions): Promise<Input> {
  mkdirSync(outDir, { recursive: true });
  const limit = quick ? corpus.quickLimit : undefined;
  const base = join(outDir, `${corpus.id}.${limit === undefined ? 'full' : `first-${limit}`}.seed-${SEED}`);
  const [otlp, labels] = [`${base}.otlp.jsonl`, `${base}.labels.json`];
  if (!isFresh(labels, [join(evalDir, corpus.id), join(evalDir, 'tools/lib')])) {
    onStage('converting to OTLP');
    const tool = join(evalDir, 'tools/to-otlp.mjs');
    const extra = limit === undefined ? [] : ['--limit', String(limit)];
    const partial = `${labels}.partial`;
    rmSync(labels, { force: true });
    await runNode([
      tool,
      ...['--corpus', corpus.id, '--data', evalDir, '--out', otlp, '--labels', partial, '--seed', String(SEED)],
      ...extra,
    ]);
    renameSync(partial, labels);
  }
  return { base, otlp, labels: JSON.parse(readFileSync(labels, 'utf8')) as Labels, limit };
}

const isFresh = (file: string, sources: readonly string[]): boolean =>
  existsSync(file) && sources.every((source) => !existsSync(source) || statSync(source).mtimeMs <= statSync(file).mtimeMs);

const labelsFile = (base: string, part: string): string => `${base}.${part === 'all' ? '' : `half-${part}.`}labels.json`;

function writeHalves(corpus: Corpus, { base, labels }: Input): void {
  for (const half of HALVES) writeFileSync(labelsFile(base, half), JSON.stringify(halfOfLabels(labels, corpus, half)));
}

interface Task {
  readonly input: Input;
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
  const detectors = await scoreAll(corpus, task, out);
  const { decisions } = JSON.parse(summary) as { decisions: number };
  return { judged: { detectors, ...(pauses === undefined ? {} : { pauses }), seconds }, decisions };
}

async function judgeFloor(corpus: Corpus, task: Task & { novelty: string }): Promise<Judged> {
  const { input, options, novelty } = task;
  options.onStage(`reference detectors${novelty === 'quiet' ? ' (novelty never learns)' : ''}`);
  const startedMs = performance.now();
  const out = `${input.base}.floor-${novelty}.anomalies.jsonl`;
  await runNode([join(options.evalDir, 'tools/reference-detectors.mjs'), '--in', input.otlp, '--out', out, '--novelty', novelty]);
  return { detectors: await scoreAll(corpus, task, out), seconds: secondsSince(startedMs) };
}

async function scoreAll(corpus: Corpus, { input, options }: Task, anomalies: string): Promise<Record<string, Scored>> {
  options.onStage('scoring');
  for (const half of HALVES) {
    const isOfHalf = createHalfFilter(input.labels, corpus, half);
    writeFileSync(
      `${anomalies}.half-${half}`,
      linesOf(anomalies)
        .filter(isOfHalf)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  const scored: Record<string, Scored> = {};
  for (const detector of corpus.detectors) {
    const score = async (part: 'all' | 'a' | 'b'): Promise<unknown> => {
      const lines = part === 'all' ? anomalies : `${anomalies}.half-${part}`;
      const tool = join(options.evalDir, 'tools/score.mjs');
      const labels = labelsFile(input.base, part);
      const said = await runNode([tool, '--corpus', corpus.id, '--labels', labels, '--anomalies', lines, '--detector', detector]);
      const { metrics, anomalies: tally } = JSON.parse(said) as Record<string, unknown>;
      return { anomalies: tally, ...compact(metrics) };
    };
    scored[detector] = { all: await score('all'), a: await score('a'), b: await score('b') };
  }
  return scored;
}

interface ScenarioMetrics {
  readonly scenarios: readonly { readonly scenario: string; readonly passed: boolean }[];
  readonly totals: Readonly<Record<string, unknown>>;
}

/** Of the conformance scenarios: the totals by source, and the failed ones by name. */
function compact(metrics: unknown): Record<string, unknown> {
  if (typeof metrics !== 'object' || metrics === null || !('scenarios' in metrics)) return { ...(metrics as object) };
  const { scenarios, totals } = metrics as unknown as ScenarioMetrics;
  const failed = scenarios.filter(({ passed }) => !passed).map(({ scenario }) => scenario);
  return { totals: Object.fromEntries(Object.entries(totals).filter(([name]) => !name.startsWith('tag:'))), failed };
}

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const secondsSince = (startedMs: number): number => Math.round((performance.now() - startedMs) / 100) / 10;
