import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createReport } from '../backtest/backtest-report.ts';
import { checkSourceOptions } from '../backtest/check-source-options.ts';
import { openSource } from '../backtest/open-source.ts';
import { CliError, messageOf } from '../cli-error.ts';
import type { SweepOptions } from '../commands/sweep.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createBadLineReporter } from '../output/bad-lines.ts';
import { createProgress } from '../output/progress.ts';
import { printTable } from '../output/table.ts';
import { refuseUnusable } from '../replay/nothing-usable.ts';
import { loadDetectorConfig, readDetectorConfig } from '../up/detector-config.ts';
import { runSweep, type SweepResult } from './run-sweep.ts';
import { sweepChart } from './sweep-chart.ts';
import { readSweepLabels } from './sweep-label.ts';
import { sweepColumns, sweepPage, valueText } from './sweep-page.ts';
import { presentValue } from './sweep-parameter.ts';
import { findingOf, sampleOf } from './sweep-text.ts';
import { sweepValues } from './sweep-values.ts';

/** What `belay sweep` does. */
export async function sweep(file: string | undefined, options: SweepOptions, context: CliContext): Promise<void> {
  checkSourceOptions(file, options, 'belay sweep traces.jsonl --detector loop --param l1Loop --from 2 --to 8 --steps 7');
  // A platform runs with a rule for its sample fleet before the others.
  const config = await (options.history === true ? loadDetectorConfig : readDetectorConfig)(options.config);
  const parameter = { detector: options.detector, key: options.param };
  const present = presentValue(config, parameter);
  const values = sweepValues(options, present);
  const labels = options.labels === undefined ? undefined : await readSweepLabels(options.labels);
  const badLines = createBadLineReporter(context.terminal, file ?? 'history');
  const report = createReport();
  const source = await openSource(file, options, { context, report, onBadLine: badLines.report });
  const progress = createProgress(context.terminal, `sweep of ${values.length} values`, source.total);
  const onProgress = (done: number, decisions: number): void => progress.update(done, `${decisions} decisions`);
  let result: SweepResult;
  try {
    result = await runSweep({ source, config, parameter, values, present, labels, onProgress, signal: context.signal });
  } finally {
    progress.stop();
    await source.close();
  }
  badLines.end();
  if (file !== undefined) refuseUnusable(file, report.totals);
  if (result.decisions === 0)
    throw new CliError(EXIT.checkFailed, `There was no decision in ${source.name}: there is nothing to sweep over.`);
  const files = await write(result, options.out, source.name);
  show(result, files, { json: options.json === true, context });
}

async function write(result: SweepResult, folder: string, source: string): Promise<{ html: string; png: string }> {
  const [{ chartToSvg }, { svgToPng }] = await Promise.all([import('../plot/chart-to-svg.ts'), import('../plot/svg-to-png.ts')]);
  const svg = await chartToSvg(sweepChart(result));
  const files = { html: join(folder, 'sweep.html'), png: join(folder, 'sweep.png') };
  try {
    await mkdir(resolve(folder), { recursive: true });
    await writeFile(files.html, sweepPage(result, svg, source));
    await writeFile(files.png, svgToPng(svg));
  } catch (cause) {
    throw new CliError(EXIT.usage, `${folder} cannot be written: ${messageOf(cause)}.`, { cause });
  }
  return files;
}

function show(
  result: SweepResult,
  files: { readonly html: string; readonly png: string },
  { json, context }: { readonly json: boolean; readonly context: CliContext },
): void {
  const { terminal } = context;
  if (json) {
    terminal.json({ ...result, files });
    return;
  }
  const columns = sweepColumns(result);
  terminal.line(terminal.colours.bold(findingOf(result)));
  terminal.line(terminal.colours.dim(sampleOf(result)));
  terminal.line();
  const rows = result.points.map((point) => [valueText(point, result), ...columns.map(({ cell }) => cell(point))]);
  const titles = [result.key, ...columns.map(({ title }) => title.replace('per 1,000 agent-hours', '/ 1,000 h'))];
  printTable(terminal, titles, rows, { numeric: columns.map((_, index) => index + 1), empty: 'No value was tried.' });
  terminal.line(terminal.colours.dim(`\n${files.html}\n${files.png}`));
}
