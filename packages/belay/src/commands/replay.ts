import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createBadLineReporter } from '../output/bad-lines.ts';
import { formatDuration } from '../output/duration.ts';
import { createProgress } from '../output/progress.ts';
import { refuseUnusable } from '../replay/nothing-usable.ts';
import { fileSize } from '../replay/otlp-lines.ts';
import { type ReplayTotals, replayFile } from '../replay/replay-file.ts';
import { dataDirAt, readIfPresent } from '../up/data-dir.ts';

interface ReplayCommandOptions extends ConnectionOptions {
  readonly agentToken?: string;
  readonly speed?: number;
  readonly newIds?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `belay replay FILE`: a recorded OTLP file into the running collector. */
export function addReplay(program: Command, context: CliContext): void {
  withConnection(
    program
      .command('replay')
      .description('Send an OTLP/JSON lines file (.gz too) to the running collector')
      .argument('<file>', "as the OpenTelemetry Collector's file exporter writes it"),
  )
    .option('--agent-token <file>', "file with an agent token (BELAY_TOKEN, else the data folder's agent.token)")
    .option('--speed <n>', 'so many times as fast as recorded; without it, as fast as it goes', parseSpeed)
    .option('--new-ids', 'new trace and span ids: the same decisions once more (without it, a second replay changes nothing)')
    .option('--strict', 'exit code 6 when a line is bad or a span is rejected')
    .option('--json', 'the totals as one JSON document')
    .action((file: string, options: ReplayCommandOptions) => run(file, options, context));
}

async function run(file: string, options: ReplayCommandOptions, context: CliContext): Promise<void> {
  const { terminal, clock, signal } = context;
  const connection = await resolveConnection(options, context.env);
  const token = await agentToken(options, context.env);
  const progress = createProgress(terminal, 'replay', await fileSize(file));
  const startedUs = clock.monotonicUs();
  const badLines = createBadLineReporter(terminal, file);
  const onWaiting = (why: string): void =>
    terminal.note(terminal.colours.yellow(`waiting for the collector at ${connection.collector} (${why}); it is tried for a minute`));
  let totals: ReplayTotals;
  try {
    totals = await replayFile(file, {
      target: { collector: connection.collector, token, signal, onWaiting },
      speed: options.speed,
      idSalt: options.newIds ? randomUUID() : undefined,
      clock,
      onBadLine: badLines.report,
      onProgress: (bytesRead, { accepted }) => progress.update(bytesRead, `${accepted} spans`),
    });
  } finally {
    progress.stop();
  }
  badLines.end();
  refuseUnusable(file, totals);
  const tookUs = clock.monotonicUs() - startedUs;
  const isNothing = totals.accepted === 0;
  if (isNothing || (options.strict && (totals.badLines > 0 || totals.rejected > 0))) context.setExitCode(EXIT.checkFailed);
  if (options.json) return terminal.json({ file, ...totals, tookMs: Math.round(tookUs / 1000) });
  const rate = Math.round(totals.spans / Math.max(tookUs / 1e6, 1e-6));
  terminal.line(
    `${isNothing ? terminal.colours.red('✗') : terminal.colours.green('✓')} ${totals.accepted} of ${totals.spans} spans accepted in ${formatDuration(tookUs)} (${rate}/s), ${totals.rejected} rejected, ${totals.badLines} bad lines of ${totals.lines}.`,
  );
}

async function agentToken({ agentToken: file, data }: ReplayCommandOptions, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (file === undefined) return env.BELAY_TOKEN?.trim() ?? (await readIfPresent(dataDirAt(data).token('agent')))?.trim();
  const text = await readIfPresent(file);
  if (text === undefined)
    throw new CliError(EXIT.notFound, `There is no token file ${file}.`, { hint: 'Make one: belay token agent --agents "*" --out FILE' });
  return text.trim();
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new InvalidArgumentError('Give a number over 0: 1 = as recorded, 10 = ten times as fast.');
  return speed;
}
