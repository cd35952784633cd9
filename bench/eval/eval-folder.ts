import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository's root. */
export const ROOT: string = resolve(import.meta.dirname, '../..');

/** Where the recorded runs are: the option, BELAY_EVAL_DIR, else the folder beside the checkout. Undefined when its tools are not there. */
export function findEvalFolder(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const folder = resolve(option ?? env.BELAY_EVAL_DIR ?? join(ROOT, '../shared/eval'));
  return existsSync(join(folder, 'tools/to-otlp.mjs')) ? folder : undefined;
}

/** What a person reads who has not the data. */
export const NO_EVAL_FOLDER = `The evaluation data is not here: neither --eval-dir nor BELAY_EVAL_DIR nor ../shared/eval has tools/to-otlp.mjs.
The recorded runs are kept outside of this repository (their licences differ). Point BELAY_EVAL_DIR at the folder that has them.
The figures of the last run are in docs/detection-quality.md, as data in bench/results/eval.
`;
