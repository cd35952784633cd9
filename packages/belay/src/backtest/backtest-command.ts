import { configuredMode } from '@belay/detector';
import { CliError } from '../cli-error.ts';
import { resolveConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import type { BacktestOptions } from '../commands/backtest.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createBadLineReporter } from '../output/bad-lines.ts';
import { formatDuration } from '../output/duration.ts';
import { createProgress } from '../output/progress.ts';
import type { Terminal } from '../output/terminal.ts';
import { refuseUnusable } from '../replay/nothing-usable.ts';
import { type BacktestPlan, planBacktest } from './backtest-plan.ts';
import { type BacktestReport, createReport } from './backtest-report.ts';
import { checkSourceOptions } from './check-source-options.ts';
import { createFileSpan, createPlatformSpan } from './covered-span.ts';
import { openSource } from './open-source.ts';
import { printBacktest } from './print-backtest.ts';
import { printComparison } from './print-comparison.ts';
import { type RecordedBacktest, recordBacktest } from './record-backtest.ts';
import type { RecordSource } from './record-source.ts';
import { type Comparison, runBacktest } from './run-backtest.ts';

/** What `belay backtest` does. */
export async function backtest(file: string | undefined, options: BacktestOptions, context: CliContext): Promise<void> {
  checkSourceOptions(file, options, 'belay backtest traces.jsonl, or belay backtest --history --since 7d --config proposed.yaml');
  const plan = await planBacktest(options);
  const report = createReport(file === undefined ? createPlatformSpan() : createFileSpan());
  const badLines = createBadLineReporter(context.terminal, file ?? 'history');
  const startedUs = context.clock.monotonicUs();
  const source = await openSource(file, options, { context, report, onBadLine: badLines.report });
  let comparison: Comparison | undefined;
  try {
    comparison = await run(source, options, { plan, report, context });
  } finally {
    await source.close();
  }
  badLines.end();
  const { totals } = report;
  if (file !== undefined) refuseUnusable(file, totals);
  const isNothing = file !== undefined && totals.decisions === 0;
  if (isNothing || (options.strict && (totals.badLines > 0 || totals.rejectedSpans > 0))) context.setExitCode(EXIT.checkFailed);
  const result = { source, plan, report, comparison, tookUs: context.clock.monotonicUs() - startedUs };
  if (!options.json) print(result, options, context.terminal);
  const recorded = options.record ? await record(source, options, { plan, report, context }) : undefined;
  if (options.json) context.terminal.json(documentOf(result, recorded));
  else if (recorded !== undefined) sayRecorded(recorded, plan, context.terminal);
}

interface Parts {
  readonly plan: BacktestPlan;
  readonly report: BacktestReport;
  readonly context: CliContext;
}

async function run(source: RecordSource, options: BacktestOptions, { plan, report, context }: Parts): Promise<Comparison | undefined> {
  const progress = createProgress(context.terminal, 'backtest', source.total);
  try {
    const onProgress = (done: number, decisions: number): void => progress.update(done, `${decisions} decisions`);
    const { proposed, present } = plan;
    return await runBacktest({ source, proposed, present, report, out: options.out, onProgress, signal: context.signal });
  } finally {
    progress.stop();
  }
}

async function record(source: RecordSource, options: BacktestOptions, { plan, report, context }: Parts): Promise<RecordedBacktest> {
  if (report.totals.decisions === 0)
    throw new CliError(EXIT.checkFailed, 'There was no decision to run over: a backtest of nothing shows nothing, and is not recorded.');
  const client = createOperatorClient(await resolveConnection(options, context.env));
  return recordBacktest(client, report, { candidate: plan.proposed, source: source.name });
}

interface Result extends Omit<Parts, 'context'> {
  readonly source: RecordSource;
  readonly comparison: Comparison | undefined;
  readonly tookUs: number;
}

function print({ plan, report, comparison, tookUs }: Result, options: BacktestOptions, terminal: Terminal): void {
  const withRules = comparison === undefined ? options.detectorTable === true : undefined;
  printBacktest(report, { terminal, tookUs, withRules, out: options.out });
  if (comparison !== undefined) printComparison(report, comparison, { plan, terminal });
  if (comparison !== undefined && options.out !== undefined)
    terminal.line(terminal.colours.dim(`\nAnomalies of the proposed one: ${options.out}`));
}

function documentOf({ source, plan, report, comparison, tookUs }: Result, recorded: RecordedBacktest | undefined): object {
  const present = comparison && { name: plan.present?.name, ...summaryOf(comparison.present) };
  return {
    file: source.name,
    ...summaryOf(report),
    rejections: Object.fromEntries(report.rejections),
    tookMs: Math.round(tookUs / 1000),
    ...(comparison && { present, proposed: plan.proposed.name, diff: comparison.diff }),
    ...(recorded && { recorded }),
  };
}

function summaryOf(report: BacktestReport) {
  const rules = [...report.rules.values()].map(({ agents, ...rule }) => ({ ...rule, agents: agents.size }));
  return { ...report.totals, rules };
}

function sayRecorded(
  { id, configDigest, isRunning, tooLittleFor }: RecordedBacktest,
  plan: BacktestPlan,
  { line, colours }: Terminal,
): void {
  line();
  line(`${colours.green('Recorded')} as backtest ${id} ${colours.dim(`of configuration ${configDigest.slice(7, 19)}`)}.`);
  if (tooLittleFor !== undefined) {
    const { minSpanMs, minDecisions } = tooLittleFor;
    const least = `at least ${formatDuration(minSpanMs * 1000)} and ${minDecisions} decisions`;
    line(
      colours.yellow(
        `It covers too little to promote on: ${least} (belay up --promotion-span, --promotion-decisions), or --force --reason.`,
      ),
    );
    return;
  }
  const [trial] = [...(plan.proposed.deafTo ?? [])];
  const promote = trial === undefined ? 'belay promote' : `belay promote ${trial} ${configuredMode(trial, plan.proposed.config)}`;
  if (isRunning === true) line(colours.dim(`The detectors run with it: ${promote} is allowed now, up to the mode each ran in.`));
  else if (isRunning === false)
    line(
      colours.yellow(
        'The detectors that run have another configuration: start them with this one (belay up --config FILE) before you promote, or try theirs (--config FILE).',
      ),
    );
}
