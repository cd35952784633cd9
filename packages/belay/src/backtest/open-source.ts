import { resolveConnection } from '../client/connection.ts';
import type { SourceOptions } from '../commands/source-options.ts';
import type { CliContext } from '../context.ts';
import type { BacktestReport } from './backtest-report.ts';
import { openHistory } from './history-source.ts';
import { openOtlpFile } from './otlp-file-source.ts';
import type { RecordSource } from './record-source.ts';

const WEEK_US = 604_800_000_000;

/** What is told of the source while it is read. */
export interface SourceParts {
  readonly context: CliContext;
  /** Told what of a file was passed over. */
  readonly report: BacktestReport;
  readonly onBadLine: (lineNumber: number, why: string) => void;
}

/**
 * Opens what a command runs over: the file, or the window of history that the options name (the last seven days without any).
 * @throws CliError when it cannot be read.
 */
export async function openSource(
  file: string | undefined,
  options: SourceOptions,
  { context, report, onBadLine }: SourceParts,
): Promise<RecordSource> {
  const { tenant, capture } = options;
  if (file !== undefined) return openOtlpFile({ file, tenant, capture, report, onBadLine });
  const untilUs = options.until ?? context.clock.nowUs();
  return openHistory({
    sinceUs: Math.max(0, options.since ?? untilUs - WEEK_US),
    untilUs,
    warmUpUs: options.warmUp,
    agents: options.agent,
    capture,
    tenant,
    clickhouse: options.clickhouse,
    connection: await resolveConnection(options, context.env),
    data: options.data,
    signal: context.signal,
  });
}
