import type { vocabulary } from '@belay/protocol';
import { Argument, type Command } from 'commander';
import type { ConnectionOptions } from '../client/connection.ts';
import { resolveConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { backtestsSchema, readAnswer } from '../client/platform-views.ts';
import { type ModeTarget, setMode, targetText } from '../client/set-mode.ts';
import type { CliContext } from '../context.ts';
import { formatAgo, formatDuration } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { withModeTarget } from './mode.ts';

interface PromoteOptions extends ConnectionOptions, ModeTarget {
  readonly force?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `belay promote spend_rate enforce`: raises a mode on the strength of a recorded backtest. */
export function addPromote(program: Command, context: CliContext): void {
  const command = program
    .command('promote')
    .description(
      'Raise the mode of a detector on the strength of a recorded backtest (belay backtest --record) of the configuration that runs',
    )
    .argument('<detector>', 'detector id, e.g. spend_rate')
    .addArgument(
      new Argument('<mode>', 'what it may do from now on').choices([
        'warn',
        'enforce',
      ] satisfies (typeof vocabulary.DETECTOR_MODES)[number][]),
    );
  withModeTarget(command).action(async (detector: string, mode: 'warn' | 'enforce', options: PromoteOptions) => {
    const client = createOperatorClient(await resolveConnection(options, context.env));
    const set = await setMode(client, { detector, mode, target: options, force: options.force, reason: options.reason });
    if (options.json) return context.terminal.json(set);
    const { terminal, clock } = context;
    const { bold, cyan, dim } = terminal.colours;
    terminal.line(`${bold(safeText(detector))} is in ${cyan(mode)} for ${targetText(options)}.`);
    if (options.force) return terminal.line(dim('Forced: the audit has the reason.'));
    if (set.backtestId == null) return terminal.line(dim('That is no higher than it was: no backtest was needed.'));
    const { backtests } = readAnswer(backtestsSchema, await client.get('/v1/backtests?limit=200'), 'backtests');
    const backtest = backtests.find(({ id }) => id === set.backtestId);
    if (backtest === undefined) return;
    const trial = backtest.detectors.find((one) => one.detector === detector);
    terminal.line(
      dim(
        `On the strength of the backtest that ${safeText(backtest.recordedBy, 40)} recorded ${formatAgo(backtest.recordedUs, clock.nowUs())}: ` +
          `${safeText(backtest.source, 60)}, ${backtest.decisions} decisions over ${formatDuration(backtest.untilUs - backtest.fromUs)}, ${backtest.agentHours.toFixed(1)} agent-hours, in which it would have paused ${trial?.wouldPause ?? 0} times and notified ${trial?.wouldNotify ?? 0} times.`,
      ),
    );
  });
}
