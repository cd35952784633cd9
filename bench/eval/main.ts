// npm run eval [-- --corpus A,B] [--quick] [--eval-dir DIR] [--out DIR] [--results DIR]: every figure of docs/detection-quality.md, from the
// recorded runs in the evaluation folder. Each corpus goes through `belay backtest` as a person would run it.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CORPORA, type Corpus } from './corpora.ts';
import { findEvalFolder, NO_EVAL_FOLDER, ROOT } from './eval-folder.ts';
import { configFileOf, convertCorpus, type EvaluationOptions, evaluateCorpus } from './evaluate-corpus.ts';
import { evaluateCurve } from './evaluate-curve.ts';
import { evaluateNab } from './evaluate-nab.ts';
import { type Run, writeResult } from './results.ts';
import { runNode } from './run-tool.ts';

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

type Job = Corpus | 'nab';
const nameOf = (job: Job): string => (job === 'nab' ? job : job.id);

function wanted(): Job[] {
  const known: readonly Job[] = ['nab', ...CORPORA];
  if (flags.corpus === undefined) return [...known];
  const ids = flags.corpus.split(',').filter((id) => id !== '');
  const unknown = ids.filter((id) => !known.some((job) => nameOf(job) === id));
  if (unknown.length > 0) end(`There is no corpus ${unknown.join(', ')}. Known: ${known.map(nameOf).join(', ')}.\n`);
  return known.filter((job) => ids.includes(nameOf(job)));
}

const say = (corpus: string, text: string): void => {
  const elapsed = ((performance.now() - startedMs) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${elapsed} s  ${corpus.padEnd(10)} ${text}\n`);
};

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();

/** When, of what and where: beside every figure. */
const stamp = (): Run => ({
  v: 1,
  measured: new Date().toISOString(),
  commit,
  node: process.version,
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
});

async function evaluate(job: Job): Promise<void> {
  const name = nameOf(job);
  const options: EvaluationOptions = { evalDir, outDir, quick: flags.quick, onStage: (stage) => say(name, stage) };
  if (job === 'nab') {
    writeResult(resultsDir, name, { ...stamp(), corpus: name, ...(await evaluateNab(options)) });
  } else {
    const input = await convertCorpus(job, options);
    writeResult(resultsDir, name, { ...stamp(), corpus: name, ...(await evaluateCorpus(job, input, options)) });
    // The curve takes as long as all the rest: a quick run leaves it out.
    if (name === 'agentdojo' && !flags.quick) {
      const points = await evaluateCurve(input, configFileOf(job), options);
      writeResult(resultsDir, 'agentdojo-curve', { ...stamp(), corpus: name, points });
    }
  }
  say(name, 'done');
}

/** The largest ones take longest, so they begin; as many at a time as there are jobs. */
async function all(queue: Job[]): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await evaluate(next);
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.jobs)) }, worker));
}

await all(wanted());
if (!flags.quick && flags.results === undefined) {
  say('all', 'writing docs/detection-quality.md');
  await runNode(['--conditions=belay-source', join(ROOT, 'bench/eval/page/write-page.ts'), '--png']);
}
say('all', `results in ${resultsDir}`);
