import type { Command } from 'commander';
import { CANARY_AGENT } from '../canary/canary-agent.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { type LiveEvent, watchEvents } from '../client/event-stream.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import type { CliContext } from '../context.ts';
import { tailLine } from '../output/tail-line.ts';

interface TailOptions extends ConnectionOptions {
  readonly agent?: string;
  readonly heartbeats?: boolean;
  readonly canary?: boolean;
  readonly json?: boolean;
}

/** `belay tail`: anomalies, holds, acknowledgements, run states, as they happen. */
export function addTail(program: Command, context: CliContext): void {
  withConnection(program.command('tail').description('Anomalies, holds, acknowledgements and run states, live'))
    .option('--agent <id>', 'only of this agent')
    .option('--heartbeats', 'heartbeats as well')
    .option('--canary', 'the canary as well')
    .option('--json', 'one JSON document a line')
    .action(async (options: TailOptions) => {
      const { terminal, signal } = context;
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const onOpen = (): void => (options.json ? undefined : terminal.note(terminal.colours.dim('live; Ctrl-C ends')));
      const onLost = (why: string): void => terminal.note(terminal.colours.yellow(`lost the stream (${why}); trying again`));
      for await (const event of watchEvents(client, { signal, onOpen, onLost })) {
        if (!isWanted(event, options)) continue;
        if (options.json) terminal.json(event.kind === 'anomaly' ? event.anomaly : event.event);
        else terminal.line(tailLine(event, terminal));
      }
    });
}

function isWanted(live: LiveEvent, options: TailOptions): boolean {
  const agentId = live.kind === 'anomaly' ? live.anomaly.agentId : live.event.agentId;
  if (options.agent !== undefined && agentId !== options.agent) return false;
  if (!options.canary && agentId === CANARY_AGENT) return false;
  return live.kind === 'anomaly' || live.event.type !== 'heartbeat' || options.heartbeats === true;
}
