import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type HoldView, holdsSchema, readAnswer } from '../client/platform-views.ts';
import { releaseHolds } from '../client/release-holds.ts';
import type { CliContext } from '../context.ts';
import { safeText } from '../output/safe-text.ts';
import { sayReleased } from '../output/say-released.ts';

/** `belay resume <agent>`: takes away every pause of an agent; kills only with `--kills`. */
export function addResume(program: Command, context: CliContext): void {
  withConnection(program.command('resume').description('Release every pause of an agent').argument('<agent>', 'agent id'))
    .option('--kills', 'the kills as well')
    .option('--reason <text>', 'why: kept in the audit', 'resumed by an operator')
    .option('--json', 'one JSON document')
    .action(async (agentId: string, options: ConnectionOptions & { kills?: boolean; reason: string; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const answer = await client.get(`/v1/holds?${new URLSearchParams({ agentId, limit: '256' })}`);
      const open = readAnswer(holdsSchema, answer, 'holds').holds;
      const released = await releaseHolds(
        client,
        open.filter(({ action }) => options.kills || action === 'pause'),
        options.reason,
      );
      if (options.json) return context.terminal.json({ agentId, released });
      sayReleased(released, context.terminal);
      if (released.length === 0) sayNothing(agentId, open, context);
    });
}

function sayNothing(agentId: string, open: readonly HoldView[], { terminal }: CliContext): void {
  const kills = open.length;
  const why =
    kills === 0
      ? 'has no open hold; "belay holds" lists those of every agent.'
      : `has no pause, but ${kills} kill(s): belay resume ${safeText(agentId)} --kills`;
  terminal.line(`${terminal.colours.bold(safeText(agentId))} ${why}`);
}
