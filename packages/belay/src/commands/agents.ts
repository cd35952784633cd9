import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { type Learning, learningOf } from '../client/learning-view.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type AgentView, agentsSchema, type HoldView, holdsSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { formatAgo } from '../output/duration.ts';
import { paintState } from '../output/paint-state.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import type { Colours } from '../output/terminal.ts';
import { parseCount } from './number-option.ts';

/** `belay agents`: who is known, in which state, held or not. */
export function addAgents(program: Command, context: CliContext): void {
  withConnection(
    program.command('agents').description('Agents: state, holds, when they were heard of last, which detectors are still learning them'),
  )
    .option('--limit <n>', 'at most this many', parseCount(1_000), 100)
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { limit: number; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const { agents } = readAnswer(agentsSchema, await client.get(`/v1/agents?limit=${options.limit}`), 'agents');
      const learning = learningOf(await client.get('/v1/detectors'));
      if (options.json)
        return context.terminal.json({
          agents: agents.map((agent) => ({ ...agent, learning: learning?.agents.get(agent.agentId) ?? null })),
        });
      const held = agents.some(({ openHolds }) => openHolds > 0);
      const { holds } = held ? readAnswer(holdsSchema, await client.get('/v1/holds?limit=1000'), 'holds') : { holds: [] };
      printAgents(agents, { holds, learning }, context);
    });
}

interface Known {
  readonly holds: readonly HoldView[];
  readonly learning: Learning | undefined;
}

function printAgents(agents: readonly AgentView[], { holds, learning }: Known, { terminal, clock }: CliContext): void {
  const { colours } = terminal;
  const rows = agents.map((agent) => [
    colours.bold(safeText(agent.agentId, 40)),
    stateOf(agent, holds, colours),
    agent.openHolds === 0 ? colours.dim('0') : colours.red(String(agent.openHolds)),
    agent.obedience === 'unconfirmed' ? colours.red('unconfirmed') : colours.dim('obeying'),
    String(agent.liveRuns),
    safeText(agent.name ?? '', 24),
    safeText(agent.version ?? '', 12),
    formatAgo(agent.lastSeenUs, clock.nowUs()),
    learningText(agent, learning, { colours, nowUs: clock.nowUs() }),
  ]);
  const head = ['agent', 'state', 'holds', 'commands', 'runs', 'name', 'version', 'heard', 'learning'];
  printTable(terminal, head, rows, { numeric: [2, 4], empty: 'No agent has been heard of yet. "belay demo" starts some.' });
}

/** Cold start is said, not hidden: a detector that does not know an agent yet finds less. */
function learningText(
  { agentId, lastSeenUs }: AgentView,
  learning: Learning | undefined,
  { colours, nowUs }: { readonly colours: Colours; readonly nowUs: number },
): string {
  if (learning === undefined) return colours.dim('no detectors in reach');
  const left = learning.agents.get(agentId);
  if (left !== undefined) return left.length === 0 ? colours.dim('done') : colours.cyan(safeText(left.join(', '), 80));
  // What was learnt is kept, and read when the agent acts again.
  if (learning.sinceUs === undefined) return colours.dim('no decision lately');
  const since = `since the detectors started ${formatAgo(learning.sinceUs, nowUs)}`;
  return colours.dim(lastSeenUs < learning.sinceUs ? `silent ${since}` : `no decision ${since}`);
}

/** A run with one of its sessions held goes on with the others: it is both running and held. */
function stateOf({ agentId, state, openHolds }: AgentView, holds: readonly HoldView[], colours: Colours): string {
  if (state !== 'running' || openHolds === 0) return paintState(state ?? 'unknown', colours);
  const ofAgent = holds.filter((hold) => hold.agentId === agentId);
  if (ofAgent.length === 0 || ofAgent.some(({ scope }) => scope === 'agent')) return paintState(state, colours);
  const scope = ofAgent.some((hold) => hold.scope === 'run') ? 'run' : 'session';
  return colours.yellow(`${scope} ${ofAgent.some(({ action }) => action === 'kill') ? 'killed' : 'paused'}`);
}
