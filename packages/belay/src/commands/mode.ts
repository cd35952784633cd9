import { type ModeSetting, vocabulary } from '@belay/protocol';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type ModeTarget, setMode, targetText } from '../client/set-mode.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';
import { showModes } from './show-modes.ts';

interface ModeOptions extends ConnectionOptions, ModeTarget {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** Options by which `belay mode` and `belay promote` are told whom a mode is for, and that it is forced. */
export const withModeTarget = (command: Command): Command =>
  withConnection(command)
    .option('--agent <id>', 'only for this agent')
    .option('--name <glob>', 'for agents whose name matches')
    .option('--environment <glob>', 'for agents whose environment matches')
    .option('--force', 'raise it without a recorded backtest of the configuration that runs')
    .option('--reason <text>', 'why it is forced: kept in the audit')
    .option('--json', 'one JSON document');

/** `belay mode shadow --all`: the operator's own brake on the brake. */
export function addMode(program: Command, context: CliContext): void {
  const command = program
    .command('mode')
    .description(
      'Set a detector to shadow (record only), warn (notify), enforce (pause or kill) or default (as configured); without a mode, show those in force, who set them and since when',
    )
    .argument('[detector]', 'detector id, e.g. loop')
    .argument('[mode]', `what it may do: ${vocabulary.MODE_SETTINGS.join(', ')}`);
  withModeTarget(command)
    .option('--all', 'every detector: belay mode shadow --all')
    .action(async (first: string | undefined, second: string | undefined, options: ModeOptions) => {
      const { detector, mode } = wordsOf(first, second, options);
      const client = createOperatorClient(await resolveConnection(options, context.env));
      if (mode === undefined) return showModes(client, { detector, json: options.json === true }, context);
      const answer = await setMode(client, { detector, mode, target: options, force: options.force, reason: options.reason });
      if (options.json) return context.terminal.json(answer);
      const { bold, cyan, dim } = context.terminal.colours;
      const whom = targetText(options);
      const what = bold(safeText(detector ?? 'Every detector'));
      if (mode === 'default') context.terminal.line(`${what} is as configured for ${whom}, where nothing else is set.`);
      else context.terminal.line(`${what} is in ${cyan(mode)} for ${whom}.`);
      if (answer.backtestId != null) context.terminal.line(dim(`Allowed by backtest ${answer.backtestId}.`));
    });
}

const isMode = (word: string | undefined): word is ModeSetting =>
  (vocabulary.MODE_SETTINGS as readonly (string | undefined)[]).includes(word);

/** The two words in either order: "loop warn" is how it is read, "warn loop" how earlier versions wanted it. */
function wordsOf(
  first: string | undefined,
  second: string | undefined,
  { all }: ModeOptions,
): { detector: string | undefined; mode: ModeSetting | undefined } {
  const words = [first, second].filter((word) => word !== undefined);
  const mode = words.find(isMode);
  const others = words.filter((word) => word !== mode);
  if (mode === undefined && (all === true || others.length > 1))
    throw new CliError(EXIT.usage, `Give a mode: ${vocabulary.MODE_SETTINGS.join(', ')}.`, {
      hint: 'For example: belay mode spend_rate warn',
    });
  if (others.length > 1 || (mode !== undefined && (others.length === 1) === (all === true))) {
    throw new CliError(EXIT.usage, 'Name one detector, or give --all.', {
      hint: 'For example: belay mode shadow --all, or belay mode spend_rate warn --name "billing*"',
    });
  }
  return { detector: others[0], mode };
}
