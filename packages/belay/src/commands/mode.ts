import { type ModeSetting, vocabulary } from '@belay/protocol';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import { modesSchema, readAnswer } from '../client/platform-views.ts';
import { type ModeTarget, setMode, targetText, whomText } from '../client/set-mode.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { formatAgo } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';

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
      if (mode === undefined) return showModes(client, { ...options, detector }, context);
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

/** What operators have set; where nothing was set for every agent, the mode by the configuration. */
async function showModes(
  client: OperatorClient,
  options: ModeOptions & { detector: string | undefined },
  { terminal, clock }: CliContext,
): Promise<void> {
  const { detectors, modes, status } = readAnswer(modesSchema, await client.get('/v1/detectors'), 'detectors');
  const isAsked = (name: string): boolean => options.detector === undefined || options.detector === name;
  const names = [...new Set([...detectors, ...modes.map(({ detector }) => detector)])].filter(isAsked);
  if (options.detector !== undefined && names.length === 0)
    throw new CliError(EXIT.notFound, `There is no detector ${safeText(options.detector, 64)}. There are: ${detectors.join(', ')}.`);
  if (options.json) {
    const configured = Object.fromEntries((status?.detectors ?? []).filter(({ id }) => isAsked(id)).map(({ id, mode }) => [id, mode]));
    return terminal.json({ detectors: names, configured, modes: modes.filter(({ detector }) => isAsked(detector)) });
  }
  const { bold, cyan, dim } = terminal.colours;
  const rows = names.flatMap((name) => {
    const set = modes.filter(({ detector }) => detector === name);
    const own = set.map(({ mode, changedBy, changedUs, ...whom }) => [
      bold(safeText(name)),
      whomText(whom),
      cyan(mode),
      dim(`set by ${safeText(changedBy, 24)}${changedUs == null ? '' : ` ${formatAgo(changedUs, clock.nowUs())}`}`),
    ]);
    const configured = status?.detectors?.find(({ id }) => id === name)?.mode;
    const isForAll = set.some(({ agentId, agentName, environment }) => agentId == null && agentName == null && environment == null);
    return isForAll ? own : [[bold(safeText(name)), 'every agent', configured ?? '', dim('as configured')], ...own];
  });
  printTable(terminal, ['detector', 'for', 'mode', ''], rows, { empty: 'Control was not told which detectors exist.' });
}
