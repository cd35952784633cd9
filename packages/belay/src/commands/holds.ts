import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type HoldView, holdsSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { formatAgo } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import { parseCount } from './number-option.ts';

/** `belay holds [agent]`: what stops whom, and why. */
export function addHolds(program: Command, context: CliContext): void {
  withConnection(
    program.command('holds').description('Open holds: what stops which agent, and why').argument('[agent]', 'only of this agent'),
  )
    .option('--released', 'the released ones as well')
    .option('--limit <n>', 'at most this many', parseCount(1_000), 100)
    .option('--json', 'one JSON document')
    .action(async (agent: string | undefined, options: ConnectionOptions & { released?: boolean; limit: number; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const query = new URLSearchParams({
        limit: String(options.limit),
        released: String(options.released ?? false),
        ...(agent === undefined ? {} : { agentId: agent }),
      });
      const { holds } = readAnswer(holdsSchema, await client.get(`/v1/holds?${query}`), 'holds');
      if (options.json) return context.terminal.json({ holds });
      printHolds(holds, context);
    });
}

function printHolds(holds: readonly HoldView[], { terminal, clock }: CliContext): void {
  const { colours } = terminal;
  const rows = holds.map((hold) => [
    colours.dim(hold.id),
    colours.bold(safeText(hold.agentId, 40)),
    (hold.action === 'kill' ? colours.red : colours.yellow)(hold.action),
    `${hold.scope} ${colours.dim(safeText(hold.scope === 'agent' ? '' : hold.scopeId, 24))}`.trimEnd(),
    `${hold.cause.kind} ${colours.dim(safeText(hold.placedBy ?? '', 24))}`.trimEnd(),
    formatAgo(hold.placedUs, clock.nowUs()),
    hold.releasedUs == null ? safeText(hold.reason, 80) : colours.dim(`released by ${safeText(hold.releasedBy ?? '', 24)}`),
  ]);
  printTable(terminal, ['hold', 'agent', 'action', 'scope', 'cause', 'placed', 'why'], rows, { empty: 'Nothing is held.' });
}
