import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { holdsSchema, readAnswer } from '../client/platform-views.ts';
import { releaseHolds } from '../client/release-holds.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { sayReleased } from '../output/say-released.ts';

/** `belay release <hold>`: takes away one hold, by whomever it was placed. */
export function addRelease(program: Command, context: CliContext): void {
  withConnection(program.command('release').description('Release one hold by its id').argument('<hold>', 'hold id, from "belay holds"'))
    .option('--reason <text>', 'why: kept in the audit', 'released by an operator')
    .option('--json', 'one JSON document')
    .action(async (holdId: string, options: ConnectionOptions & { reason: string; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const { holds } = readAnswer(holdsSchema, await client.get('/v1/holds?limit=1000'), 'holds');
      const hold = holds.find(({ id }) => id === holdId);
      if (hold === undefined)
        throw new CliError(EXIT.notFound, `There is no open hold ${JSON.stringify(holdId)}.`, { hint: '"belay holds" lists them.' });
      const results = await releaseHolds(client, [hold], options.reason);
      if (options.json) context.terminal.json({ released: results });
      else sayReleased(results, context.terminal);
    });
}
