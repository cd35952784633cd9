import { type Command, InvalidArgumentError } from 'commander';
import type { BacktestCapture } from '../backtest/without-content.ts';
import { type ConnectionOptions, withConnection } from '../client/connection.ts';
import type { CliContext } from '../context.ts';
import { captureOption } from './capture-option.ts';
import { parseInstant, parseSpan } from './instant-option.ts';
import { parseCount } from './number-option.ts';

/** Options of the command as commander gives them. */
export interface SweepOptions extends ConnectionOptions {
  readonly detector: string;
  readonly param: string;
  readonly values?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly labels?: string;
  readonly out: string;
  readonly config?: string;
  readonly history?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly warmUp?: number;
  readonly agent: string;
  readonly clickhouse?: string;
  readonly tenant: string;
  readonly capture: BacktestCapture;
  readonly json?: boolean;
}

/** `belay sweep FILE --detector ID --param KEY --values a,b,c`: what each value of a setting would have found and paused. */
export function addSweep(program: Command, context: CliContext): void {
  const nowUs = (): number => context.clock.nowUs();
  const command = program
    .command('sweep')
    .description(
      'Try a setting of a detector with several values over a file or the history: a plot and a table of what each would have paused',
    )
    .argument('[file]', "OTLP/JSON lines (.gz too), as the OpenTelemetry Collector's file exporter writes them")
    .requiredOption('--detector <id>', 'detector whose setting is tried; it is taken as enforced')
    .requiredOption('--param <key>', 'the setting, as in docs/detectors, e.g. l1Loop')
    .option('--values <list>', 'values to try, e.g. 3,4,5; the present one is always among them', (text: string) => text.split(','))
    .option('--from <number>', 'instead of --values: the first value', parseNumber)
    .option('--to <number>', 'and the last', parseNumber)
    .option('--steps <n>', 'and how many', parseCount(50))
    .option('--labels <file>', 'JSON lines {agentId?, sessionId?, runId?, decisionId?, bad}: gives precision, recall and false pauses')
    .option('--out <dir>', 'folder for sweep.html and sweep.png', '.')
    .option('--config <file>', "the detectors' configuration, JSON or YAML (default: as shipped)")
    .option('--history', "over the platform's own history instead of a file")
    .option('--since <when>', 'history from then on: 90m, 12h, 7d ago, or a time (default: 7d)', parseInstant(nowUs))
    .option('--until <when>', 'history until then (default: now)', parseInstant(nowUs))
    .option(
      '--warm-up <span>',
      'let the detectors learn from so much history before it, without counting what they find there: 12h, 7d',
      parseSpan,
    )
    .option('--agent <glob>', 'history of agents whose id matches', '*')
    .option('--clickhouse <url>', 'read the history from ClickHouse itself (BELAY_CLICKHOUSE)', context.env.BELAY_CLICKHOUSE)
    .option('--tenant <name>', 'tenant of the decisions', 'default')
    .addOption(captureOption())
    .option('--json', 'the table as one JSON document');
  withConnection(command).action(async (file: string | undefined, options: SweepOptions) => {
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
