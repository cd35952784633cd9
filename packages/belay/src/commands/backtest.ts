import { type Command, Option } from 'commander';
import type { BacktestReport } from '../backtest/backtest-report.ts';
import { printBacktest } from '../backtest/print-backtest.ts';
import type { BacktestCapture } from '../backtest/without-content.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createBadLineReporter } from '../output/bad-lines.ts';
import { createProgress } from '../output/progress.ts';
import { fileSize } from '../replay/otlp-lines.ts';

interface BacktestOptions {
  readonly out?: string;
  readonly config?: string;
  readonly tenant: string;
  readonly capture: BacktestCapture;
  readonly detectorTable?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `belay backtest FILE`: what would have been found and paused, offline and deterministic. */
export function addBacktest(program: Command, context: CliContext): void {
  program
    .command('backtest')
    .description('Run the detectors over an OTLP/JSON lines file (.gz too), offline: what would have been paused?')
    .argument('<file>', "as the OpenTelemetry Collector's file exporter writes it")
    .option('--out <file>', 'anomalies as JSON lines')
    .option('--config <file>', "the detectors' configuration to try, JSON or YAML (default: as shipped)")
    .option('--tenant <name>', 'tenant of the decisions', 'default')
    .addOption(captureOption())
    .option('--detector-table', 'a line per rule, with how often it was suppressed and for how many agents')
    .option('--strict', 'exit code 6 when a line is bad or a span is rejected')
    .option('--json', 'the summary as one JSON document')
    .action((file: string, options: BacktestOptions) => run(file, options, context));
}

const captureOption = (): Option =>
  new Option('--capture <content>', 'off: judge by features, destinations and digests alone, as with content capture off at the agent')
    .choices(['redacted', 'off'])
    .default('redacted');

async function run(file: string, options: BacktestOptions, context: CliContext): Promise<void> {
  const { terminal, clock, signal } = context;
  const { readDetectorConfig } = await import('../up/detector-config.ts');
  const { runBacktest } = await import('../backtest/run-backtest.ts');
  const config = await readDetectorConfig(options.config);
  const progress = createProgress(terminal, 'backtest', await fileSize(file));
  const badLines = createBadLineReporter(terminal, file);
  const startedUs = clock.monotonicUs();
  let report: BacktestReport;
  try {
    const onProgress = (bytesRead: number, decisions: number): void => progress.update(bytesRead, `${decisions} decisions`);
    const { out, tenant, capture } = options;
    report = await runBacktest({ file, out, tenant, config, capture, onBadLine: badLines.report, onProgress, signal });
  } finally {
    progress.stop();
  }
  badLines.end();
  const { totals } = report;
  if (options.strict && (totals.badLines > 0 || totals.rejectedSpans > 0)) context.setExitCode(EXIT.checkFailed);
  const tookUs = clock.monotonicUs() - startedUs;
  if (options.json) {
    const rules = [...report.rules.values()].map(({ agents, ...rule }) => ({ ...rule, agents: agents.size }));
    return terminal.json({ file, ...totals, rules, rejections: Object.fromEntries(report.rejections), tookMs: Math.round(tookUs / 1000) });
  }
  printBacktest(report, { terminal, tookUs, withRules: options.detectorTable === true, out: options.out });
}
