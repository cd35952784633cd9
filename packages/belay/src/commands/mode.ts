import { vocabulary } from '@belay/protocol';
import { Argument, type Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import { modesSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';

interface ModeOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly agent?: string;
  readonly json?: boolean;
}

/** `belay mode shadow --all`: the operator's own brake on the brake. */
export function addMode(program: Command, context: CliContext): void {
  const command = program
    .command('mode')
    .description('Set detectors to shadow (record only), warn (notify) or enforce (pause or kill); without a mode, show what was set')
    .addArgument(new Argument('[mode]', 'what the detector may do').choices(vocabulary.DETECTOR_MODES))
    .argument('[detector]', 'detector id, e.g. loop');
  withConnection(command)
    .option('--all', 'every detector')
    .option('--agent <id>', 'only for this agent')
    .option('--json', 'one JSON document')
    .action(async (mode: string | undefined, detector: string | undefined, options: ModeOptions) => {
      if (mode === undefined) return showModes(createOperatorClient(await resolveConnection(options, context.env)), options, context);
      if ((detector === undefined) === (options.all === undefined)) {
        throw new CliError(EXIT.usage, 'Name one detector, or give --all.', {
          hint: 'For example: belay mode shadow --all, or belay mode enforce spend_rate --agent billing-7',
        });
      }
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const body = { mode, ...(options.agent === undefined ? {} : { agentId: options.agent }) };
      const answer = await client.post(`/v1/detectors/${encodeURIComponent(detector ?? 'all')}/mode`, body);
      if (options.json) return context.terminal.json(answer);
      const whom = options.agent === undefined ? 'every agent' : safeText(options.agent);
      context.terminal.line(
        `${context.terminal.colours.bold(detector ?? 'Every detector')} is in ${context.terminal.colours.cyan(mode)} for ${whom}.`,
      );
    });
}

/** What operators have set, newest value of each; where nothing was set, the detector's configuration and its shipped mode rule. */
async function showModes(client: OperatorClient, options: ModeOptions, { terminal }: CliContext): Promise<void> {
  const { detectors, modes } = readAnswer(modesSchema, await client.get('/v1/detectors'), 'detectors');
  if (options.json) return terminal.json({ detectors, modes });
  const { bold, cyan, dim } = terminal.colours;
  const names = [...new Set([...detectors, ...modes.map(({ detector }) => detector)])];
  const rows = names.flatMap((name) => {
    const set = modes.filter(({ detector }) => detector === name);
    const own = set.map(({ agentId, mode, changedBy }) => [
      bold(safeText(name)),
      agentId == null ? 'every agent' : safeText(agentId, 40),
      cyan(mode),
      dim(`set by ${safeText(changedBy, 24)}`),
    ]);
    return set.some(({ agentId }) => agentId == null) ? own : [[bold(safeText(name)), 'every agent', dim('as configured'), ''], ...own];
  });
  printTable(terminal, ['detector', 'for', 'mode', ''], rows, { empty: 'Control was not told which detectors exist.' });
}
