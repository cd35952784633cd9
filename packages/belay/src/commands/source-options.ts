import type { Command } from 'commander';
import type { BacktestCapture } from '../backtest/without-content.ts';
import { type ConnectionOptions, withConnection } from '../client/connection.ts';
import type { CliContext } from '../context.ts';
import { captureOption } from './capture-option.ts';
import { parseInstant, parseSpan } from './instant-option.ts';

/** Options of every command that runs over a file or the history, as commander gives them. */
export interface SourceOptions extends ConnectionOptions {
  readonly history?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly warmUp?: number;
  readonly agent: string;
  readonly clickhouse?: string;
  readonly tenant: string;
  readonly capture: BacktestCapture;
}

/** Adds the argument `[file]`, what stands for it (`--history` and its window), and the options of a connection. */
export function withSource(command: Command, context: CliContext): Command {
  const nowUs = (): number => context.clock.nowUs();
  return withConnection(
    command
      .argument('[file]', "OTLP/JSON lines (.gz too), as the OpenTelemetry Collector's file exporter writes them")
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
      .addOption(captureOption()),
  );
}
