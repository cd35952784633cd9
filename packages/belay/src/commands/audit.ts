import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { readAnswer, verdictSchema } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';

/** `belay audit verify`: is the hash chain of the audit whole? */
export function addAudit(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('The audit of what was done to agents');
  withConnection(audit.command('verify').description('Walk the hash chain of the audit: is anything missing or changed?'))
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const verdict = readAnswer(verdictSchema, await client.get('/v1/audit/verification'), 'the audit');
      if (!verdict.intact) context.setExitCode(EXIT.checkFailed);
      if (options.json) return context.terminal.json(verdict);
      const { colours } = context.terminal;
      if (verdict.intact)
        context.terminal.line(
          `${colours.green('✓')} The audit is whole: ${verdict.entries} entries, head ${colours.dim(verdict.head || '(empty)')}`,
        );
      else context.terminal.line(`${colours.red('✗')} The audit is broken at entry ${verdict.seq}: ${verdict.problem}.`);
    });
}
