import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../context.ts';
import { parseCount } from './number-option.ts';
import { type SourceOptions, withSource } from './source-options.ts';

/** Options of the command as commander gives them. */
export interface SweepOptions extends SourceOptions {
  readonly detector: string;
  readonly param: string;
  readonly values?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly labels?: string;
  readonly out: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `belay sweep FILE --detector ID --param KEY --values a,b,c`: what each value of a setting would have found and paused. */
export function addSweep(program: Command, context: CliContext): void {
  const command = program
    .command('sweep')
    .description(
      'Try a setting of a detector with several values over a file or the history: a plot and a table of what each would have paused',
    )
    .requiredOption('--detector <id>', 'detector whose setting is tried; it is taken as enforced')
    .requiredOption('--param <key>', 'the setting, as in docs/detectors, e.g. l1Loop')
    .option('--values <list>', 'values to try, e.g. 3,4,5; the present one is always among them', (text: string) => text.split(','))
    .option('--from <number>', 'instead of --values: the first value', parseNumber)
    .option('--to <number>', 'and the last', parseNumber)
    .option('--steps <n>', 'and how many', parseCount(50))
    .option('--labels <file>', 'JSON lines {agentId?, sessionId?, runId?, decisionId?, bad}: gives precision, recall and false pauses')
    .option('--out <dir>', 'folder for sweep.html and sweep.png', '.')
    .option('--config <file>', "the detectors' configuration, JSON or YAML (default: as shipped)")
    .option('--json', 'the table as one JSON document');
  withSource(command, context).action(async (file: string | undefined, options: SweepOptions) => {
    // Loaded when asked for: the detectors and the plots are most of the program.
    const { sweep } = await import('../sweep/sweep-command.ts');
    await sweep(file, options, context);
  });
}

function parseNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new InvalidArgumentError('Give a number.');
  return number;
}
