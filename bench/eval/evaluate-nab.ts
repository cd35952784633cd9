import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './eval-folder.ts';
import type { EvaluationOptions } from './evaluate-corpus.ts';
import { HALVES, halfOf } from './halves.ts';
import { runNode, runTool } from './run-tool.ts';

/** Scores of the level monitor on the series of the Numenta Anomaly Benchmark: by profile, over all series and either half of them. */
export interface NabMeasured {
  readonly seed: number;
  readonly all: unknown;
  readonly a: unknown;
  readonly b: unknown;
  readonly seconds: number;
}

/** Runs `eval:nab` and scores it; a half is half of the series by a hash of their names. Needs Python 3.11. */
export async function evaluateNab({ evalDir, outDir, onStage }: EvaluationOptions): Promise<NabMeasured> {
  const out = join(outDir, 'nab');
  rmSync(out, { recursive: true, force: true });
  const startedMs = performance.now();
  onStage('level monitor over every series');
  await runNode(['--conditions=belay-source', join(ROOT, 'bench/eval/nab.ts'), join(evalDir, 'nab'), join(out, 'all')]);
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  onStage('scoring');
  splitSeries(out);
  const score = async (part: string): Promise<unknown> => {
    const args = ['--data', join(evalDir, 'nab'), '--results', join(out, part), '--detector', 'belay', '--json'];
    return JSON.parse(await runTool('python3', [join(evalDir, 'tools/nab-score.py'), ...args]));
  };
  return { seed: 1, all: await score('all'), a: await score('a'), b: await score('b'), seconds };
}

function splitSeries(out: string): void {
  for (const half of HALVES) mkdirSync(join(out, half), { recursive: true });
  for (const group of readdirSync(join(out, 'all'), { withFileTypes: true })) {
    if (!group.isDirectory()) continue;
    for (const file of readdirSync(join(out, 'all', group.name))) {
      const folder = join(out, halfOf(`${group.name}/${file}`), group.name);
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(out, 'all', group.name, file), join(folder, file));
    }
  }
}
