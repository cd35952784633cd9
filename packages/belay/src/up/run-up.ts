import { systemRandom } from '@belay/protocol';
import { messageOf } from '../cli-error.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import type { UpCommandOptions } from '../commands/up.ts';
import type { CliContext } from '../context.ts';
import { runFleet } from '../demo/run-fleet.ts';
import { EXIT } from '../exit-code.ts';
import { reportError } from '../report-error.ts';
import { controlHooks } from './control-hooks.ts';
import { type DataDir, dataDirAt, prepareDataDir, readIfPresent } from './data-dir.ts';
import { type Platform, startPlatform } from './platform.ts';
import { checkLogLevel, createProcessLogger } from './process-logger.ts';
import { sayRefusals } from './say-refusals.ts';
import { createSteps } from './steps.ts';
import { printSummary } from './summary.ts';
import { parseUpOptions, type UpSettings } from './up-settings.ts';

/** Starts the platform, keeps it running until a signal or a failure, and stops it in order. */
export async function runUp(options: UpCommandOptions, context: CliContext): Promise<void> {
  const { terminal, clock, env } = context;
  const settings = parseUpOptions(options);
  checkLogLevel(options.logLevel);
  const dir = dataDirAt(settings.data);
  await prepareDataDir(dir);
  const log = createProcessLogger(options.log === '-' ? undefined : (options.log ?? dir.log), options.logLevel);
  const startedAt = performance.now();
  terminal.note(terminal.colours.dim(`belay: starting in ${dir.path}`));
  try {
    const platform = await startPlatform(settings, {
      dir,
      clock,
      random: systemRandom,
      logger: log.logger,
      steps: createSteps(terminal, { quiet: false }),
      controlConfig: controlHooks(settings, env),
      onWarning: (text) => terminal.note(`${terminal.colours.red(terminal.colours.bold('belay: WARNING:'))} ${text}`),
      onStopped: (what, tookMs, problem) => sayStopped(what, tookMs, problem, context),
    });
    await serve(platform, { settings, options, context, tookMs: performance.now() - startedAt });
  } finally {
    log.close();
  }
}

interface Serving {
  readonly settings: UpSettings;
  readonly options: UpCommandOptions;
  readonly context: CliContext;
  readonly tookMs: number;
}

async function serve(platform: Platform, { settings, options, context, tookMs }: Serving): Promise<void> {
  const { terminal } = context;
  const over = new AbortController();
  const fleetContext = { ...context, signal: AbortSignal.any([context.signal, over.signal]) };
  const dir = dataDirAt(settings.data);
  let fleet: Promise<void> | undefined;
  let refusals: Promise<void> | undefined;
  try {
    printSummary(platform, { settings, terminal, tookMs });
    refusals = showRefusals(platform, dir, { terminal, signal: fleetContext.signal });
    if (options.sample || options.exitAfterDemo) fleet = runSample(platform, settings, { options, context: fleetContext });
    const ends = [untilSignal(context.signal), platform.failed];
    await Promise.race(options.exitAfterDemo && fleet !== undefined ? [...ends, fleet] : ends);
  } catch (error) {
    terminal.note(`${terminal.colours.red('belay:')} a service ended by itself: ${messageOf(error)}`);
    context.setExitCode(EXIT.failure);
  } finally {
    over.abort();
    await fleet;
    await refusals;
    await stop(platform, context);
  }
}

async function stop(platform: Platform, { terminal, setExitCode }: CliContext): Promise<void> {
  terminal.note(terminal.colours.dim('belay: stopping'));
  const problems = await platform.stop();
  if (problems.length > 0) setExitCode(EXIT.failure);
  else terminal.note(terminal.colours.dim('belay: stopped; everything accepted is on disk'));
}

async function showRefusals(
  { controlUrl, collectorUrl }: Platform,
  dir: DataDir,
  shown: { terminal: CliContext['terminal']; signal: AbortSignal },
): Promise<void> {
  if (controlUrl === undefined) return;
  const token = (await readIfPresent(dir.token('operator')))?.trim();
  await sayRefusals(createOperatorClient({ control: controlUrl, collector: collectorUrl ?? '', token, platform: undefined }), shown);
}

/** Never rejects: a sample that fails is reported, and the platform goes on. */
async function runSample(
  platform: Platform,
  settings: UpSettings,
  parts: { options: UpCommandOptions; context: CliContext },
): Promise<void> {
  const { options, context } = parts;
  if (platform.controlUrl === undefined || platform.collectorUrl === undefined) return;
  try {
    const result = await runFleet({
      control: platform.controlUrl,
      collector: platform.collectorUrl,
      data: settings.data,
      tenant: settings.tenant,
      keepRunning: !options.exitAfterDemo,
      context,
    });
    if (options.exitAfterDemo) context.setExitCode(result.isAsExpected ? EXIT.ok : EXIT.checkFailed);
  } catch (error) {
    reportError(context.terminal, error, { json: false });
    if (options.exitAfterDemo) context.setExitCode(EXIT.failure);
  }
}

function untilSignal(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function sayStopped(what: string, tookMs: number, problem: string | undefined, { terminal }: CliContext): void {
  const { colours } = terminal;
  if (problem !== undefined) terminal.note(`  ${colours.red('✗')} ${what}: ${problem}`);
  else terminal.note(colours.dim(`  · ${what} ${Math.round(tookMs)} ms`));
}
