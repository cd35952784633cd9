// npm run eval [-- --corpus A,B] [--quick] [--eval-dir DIR] [--out DIR] [--results DIR]: every figure of docs/detection-quality.md, from the
// recorded runs in the evaluation folder. Each corpus goes through `belay backtest` as a person would run it.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CORPORA, type Corpus } from './corpora.ts';
import { findEvalFolder, NO_EVAL_FOLDER, ROOT } from './eval-folder.ts';
import { evaluateCorpus } from './evaluate-corpus.ts';
import { type CorpusResult, writeResult } from './results.ts';

const { values: flags } = parseArgs({
  options: {
    corpus: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'eval-dir': { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'bench/out/eval') },
    results: { type: 'string' },
    jobs: { type: 'string', default: String(Math.min(2, cpus().length)) },
  },
});

const base = process.env.INIT_CWD ?? process.cwd();
const evalDir = findEvalFolder(flags['eval-dir'] && resolve(base, flags['eval-dir']), process.env) ?? end(NO_EVAL_FOLDER);
const outDir = resolve(base, flags.out);
// A quick run measures less than it says: its figures never replace those of a whole one.
const resultsDir = flags.results ? resolve(base, flags.results) : flags.quick ? join(outDir, 'results') : join(ROOT, 'bench/results/eval');
const startedMs = performance.now();

function end(text: string): never {
  process.stderr.write(text);
  process.exit(2);
}

function wanted(): Corpus[] {
  if (flags.corpus === undefined) return [...CORPORA];
  const ids = flags.corpus.split(',').filter((id) => id !== '');
  const unknown = ids.filter((id) => !CORPORA.some((corpus) => corpus.id === id));
  if (unknown.length > 0) end(`There is no corpus ${unknown.join(', ')}. Known: ${CORPORA.map(({ id }) => id).join(', ')}.\n`);
  return CORPORA.filter(({ id }) => ids.includes(id));
}

const say = (corpus: string, text: string): void => {
  const elapsed = ((performance.now() - startedMs) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${elapsed} s  ${corpus.padEnd(10)} ${text}\n`);
};

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();

async function evaluate(corpus: Corpus): Promise<void> {
  const measured = await evaluateCorpus(corpus, { evalDir, outDir, quick: flags.quick, onStage: (stage) => say(corpus.id, stage) });
  const result: CorpusResult = {
    v: 1,
    corpus: corpus.id,
    measured: new Date().toISOString(),
    commit,
    node: process.version,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
    ...measured,
  };
  writeResult(resultsDir, corpus.id, result);
  say(corpus.id, `done: ${measured.units} units, ${measured.decisions} decisions`);
}

/** The largest ones take longest, so they begin; as many at a time as there are jobs. */
async function all(queue: Corpus[]): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await evaluate(next);
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.jobs)) }, worker));
}

await all(wanted());
say('all', `results in ${resultsDir}`);
