import type { Command } from 'commander';
import { type ModeTrial, parseModeTrial } from '../backtest/mode-trial.ts';
import type { CliContext } from '../context.ts';
import { type SourceOptions, withSource } from './source-options.ts';

/** Options of the command as commander gives them. */
export interface BacktestOptions extends SourceOptions {
  readonly out?: string;
  readonly config?: string;
  readonly against?: string;
  readonly mode: readonly ModeTrial[];
  readonly detectorTable?: boolean;
  readonly strict?: boolean;
  readonly record?: boolean;
  readonly json?: boolean;
}

/** `belay backtest FILE`, `belay backtest --history`: what would have been found and paused, beside what is today. */
export function addBacktest(program: Command, context: CliContext): void {
  const command = program
    .command('backtest')
    .description(
      'Run the detectors over an OTLP/JSON lines file (.gz too) or over stored history: what would have been paused, and how would another configuration differ?',
    )
    .option('--config <file>', "the detectors' configuration to try, JSON or YAML (default: as shipped)")
    .option('--mode <detector=mode>', 'try a detector in a mode, e.g. spend_rate=enforce; may be given more than once', parseModeTrial, [])
    .option('--against <file>', 'the configuration to compare with, or "shipped"')
    .option('--record', 'record the result with control: what raising a mode needs (belay promote)')
    .option('--out <file>', 'anomalies as JSON lines')
    .option('--detector-table', 'a line per rule, with how often it was suppressed and for how many agents')
    .option('--strict', 'exit code 6 when a line is bad or a span is rejected')
    .option('--json', 'the summary as one JSON document');
  withSource(command, context).action(async (file: string | undefined, options: BacktestOptions) => {
    // Loaded when asked for: the detectors and engines are most of the program.
    const { backtest } = await import('../backtest/backtest-command.ts');
    await backtest(file, options, context);
  });
}
