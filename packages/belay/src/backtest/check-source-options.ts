import { CliError } from '../cli-error.ts';
import type { SourceOptions } from '../commands/source-options.ts';
import { EXIT } from '../exit-code.ts';

/** Options that say what to run over. */
type WindowOptions = Pick<SourceOptions, 'history' | 'since' | 'until' | 'warmUp' | 'agent'>;

/**
 * One file or the history, and no option of the one with the other: what is passed over in silence would be believed to hold.
 * @param example a command line that works.
 * @throws CliError `usage`.
 */
export function checkSourceOptions(file: string | undefined, options: WindowOptions, example: string): void {
  if ((file === undefined) !== (options.history === true))
    throw new CliError(EXIT.usage, 'Name one file, or give --history.', { hint: `For example: ${example}` });
  if (file === undefined) return;
  const { since, until, warmUp, agent } = options;
  const given = Object.entries({ '--since': since, '--until': until, '--warm-up': warmUp, '--agent': agent === '*' ? undefined : agent });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (names.length > 0)
    throw new CliError(EXIT.usage, `A file is run over from its beginning to its end: ${names.join(', ')} only with --history.`);
}
