import type { Command } from 'commander';
import { type ModeTrial, parseModeTrial } from '../backtest/mode-trial.ts';
import type { BacktestCapture } from '../backtest/without-content.ts';
import { type ConnectionOptions, withConnection } from '../client/connection.ts';
import type { CliContext } from '../context.ts';
import { captureOption } from './capture-option.ts';
import { parseInstant, parseSpan } from './instant-option.ts';

/** Options of the command as commander gives them. */
export interface BacktestOptions extends ConnectionOptions {
  readonly out?: string;
  readonly config?: string;
  readonly against?: string;
  readonly mode: readonly ModeTrial[];
  readonly history?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly warmUp?: number;
  readonly agent: string;
  readonly clickhouse?: string;
  readonly tenant: string;
  readonly capture: BacktestCapture;
  readonly detectorTable?: boolean;
  readonly strict?: boolean;
  readonly record?: boolean;
  readonly json?: boolean;
}

/** `belay backtest FILE`, `belay backtest --history`: what would have been found and paused, beside what is today. */
export function addBacktest(program: Command, context: CliContext): void {
  const nowUs = (): number => context.clock.nowUs();
  const command = program
    .command('backtest')
    .description(
      'Run the detectors over an OTLP/JSON lines file (.gz too) or over stored history: what would have been paused, and how would another configuration differ?',
    )
    .argument('[file]', "as the OpenTelemetry Collector's file exporter writes it")
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
    .option('--config <file>', "the detectors' configuration to try, JSON or YAML (default: as shipped)")
    .option('--mode <detector=mode>', 'try a detector in a mode, e.g. spend_rate=enforce; may be given more than once', parseModeTrial, [])
    .option('--against <file>', 'the configuration to compare with, or "shipped"')
    .option('--record', 'record the result with control: what raising a mode needs (belay promote)')
    .option('--out <file>', 'anomalies as JSON lines')
    .option('--tenant <name>', 'tenant of the decisions', 'default')
    .addOption(captureOption())
    .option('--detector-table', 'a line per rule, with how often it was suppressed and for how many agents')
    .option('--strict', 'exit code 6 when a line is bad or a span is rejected')
    .option('--json', 'the summary as one JSON document');
  withConnection(command).action(async (file: string | undefined, options: BacktestOptions) => {
    // Loaded when asked for: the detectors and engines are most of the program.
    const { backtest } = await import('../backtest/backtest-command.ts');
    await backtest(file, options, context);
  });
}
