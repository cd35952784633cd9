import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEvalFolder, ROOT } from './eval-folder.ts';
import type { CorpusResult } from './results.ts';
import { runNode } from './run-tool.ts';

const program = join(ROOT, 'bench/eval/main.ts');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-eval-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run eval', () => {
  it('says what is missing and where the figures are when there is no evaluation folder', async () => {
    const run = runNode([program, '--eval-dir', join(folder, 'nothing-here')]);
    await expect(run).rejects.toThrow(/BELAY_EVAL_DIR[\s\S]*docs\/detection-quality\.md/);
  });

  it('names the corpora that there are when one is asked for that is none', async () => {
    const args = findEvalFolder(undefined, process.env) === undefined ? [] : ['--corpus', 'nonsense'];
    await expect(runNode([program, ...args])).rejects.toThrow(args.length === 0 ? /BELAY_EVAL_DIR/ : /agentdojo/);
  });
});

describe.skipIf(findEvalFolder(undefined, process.env) === undefined)(
  'on recorded runs (skipped where the evaluation folder is absent)',
  () => {
    it('measures a part of two corpora, capture on and off, in halves, beside the reference', async () => {
      await runNode([program, '--quick', '--corpus', 'loops,react', '--out', folder]);
      for (const corpus of ['loops', 'react']) {
        const result = JSON.parse(await readFile(join(folder, 'results', `${corpus}.json`), 'utf8')) as CorpusResult;
        expect(result).toMatchObject({ corpus, limit: corpus === 'loops' ? 12 : 80, config: 'as shipped' });
        for (const judged of [result.on, result.off, result.floors.always]) {
          expect(Object.keys(judged?.detectors.loop ?? {})).toEqual(['all', 'a', 'b']);
        }
      }
    });
  },
);
