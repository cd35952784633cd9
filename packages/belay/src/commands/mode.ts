import { vocabulary } from '@belay/protocol';
import { Argument, type Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';

interface ModeOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly agent?: string;
  readonly json?: boolean;
}

/** `belay mode shadow --all`: the operator's own brake on the brake. */
export function addMode(program: Command, context: CliContext): void {
  const command = program
    .command('mode')
    .description('Set detectors to shadow (record only), warn (notify) or enforce (pause or kill)')
    .addArgument(new Argument('<mode>', 'what the detector may do').choices(vocabulary.DETECTOR_MODES))
    .argument('[detector]', 'detector id, e.g. loop');
  withConnection(command)
    .option('--all', 'every detector')
    .option('--agent <id>', 'only for this agent')
    .option('--json', 'one JSON document')
    .action(async (mode: string, detector: string | undefined, options: ModeOptions) => {
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
