import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type AgentView, agentsSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { formatAgo } from '../output/duration.ts';
import { paintState } from '../output/paint-state.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';

/** `belay agents`: who is known, in which state, held or not. */
export function addAgents(program: Command, context: CliContext): void {
  withConnection(program.command('agents').description('Agents: state, holds, when they were heard of last'))
    .option('--limit <n>', 'at most this many', '100')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { limit: string; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const { agents } = readAnswer(agentsSchema, await client.get(`/v1/agents?limit=${encodeURIComponent(options.limit)}`), 'agents');
      if (options.json) return context.terminal.json({ agents });
      printAgents(agents, context);
    });
}

function printAgents(agents: readonly AgentView[], { terminal, clock }: CliContext): void {
  const { colours } = terminal;
  const rows = agents.map((agent) => [
    colours.bold(safeText(agent.agentId, 40)),
    paintState(agent.state ?? 'unknown', colours),
    agent.openHolds === 0 ? colours.dim('0') : colours.red(String(agent.openHolds)),
    agent.obedience === 'unconfirmed' ? colours.red('unconfirmed') : colours.dim('obeying'),
    String(agent.liveRuns),
    safeText(agent.name ?? '', 24),
    safeText(agent.version ?? '', 12),
    formatAgo(agent.lastSeenUs, clock.nowUs()),
  ]);
  const head = ['agent', 'state', 'holds', 'commands', 'runs', 'name', 'version', 'heard'];
  printTable(terminal, head, rows, { numeric: [2, 4], empty: 'No agent has been heard of yet. "belay demo" starts some.' });
}
