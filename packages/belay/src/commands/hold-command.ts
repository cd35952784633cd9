import type { HoldAction, HoldScope } from '@belay/protocol';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type PlacedHold, placeHold } from '../client/place-hold.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';
import { parseSeconds } from './number-option.ts';

interface HoldOptions extends ConnectionOptions {
  readonly session?: string;
  readonly run?: string;
  readonly reason: string;
  readonly wait: number;
  readonly json?: boolean;
}

/** What `belay pause` and `belay kill` share. */
export function addHoldCommand(program: Command, context: CliContext, action: HoldAction, description: string): void {
  withConnection(program.command(action).description(description).argument('<agent>', 'agent id'))
    .option('--session <id>', 'only this session')
    .option('--run <id>', 'only this run (one life of one process)')
    .option('--reason <text>', "why: shown to people and to the agent's model", `${action} by an operator`)
    .option('--wait <seconds>', 'wait this long for the agent to confirm', parseSeconds, 10)
    .option('--json', 'one JSON document')
    .action(async (agentId: string, options: HoldOptions) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const wish = { agentId, action, reason: options.reason, ...scopeOf(options) };
      const placed = await placeHold(client, wish, { waitMs: options.wait * 1000, signal: context.signal }).catch(sayWhoIsKnown);
      if (options.json) context.terminal.json({ agentId, action, scope: wish.scope, ...placed });
      else sayPlaced(agentId, wish, placed, context);
    });
}

function sayWhoIsKnown(error: unknown): never {
  if (!(error instanceof CliError) || error.exitCode !== EXIT.notFound) throw error;
  throw new CliError(EXIT.notFound, error.message, {
    hint:
      'An agent that only sends OpenTelemetry spans is recorded but hears no command: ' +
      'stop its process, and guard it with the library (docs/guides/first-guarded-tool.md).',
    cause: error,
  });
}

function scopeOf({ session, run }: HoldOptions): { scope: HoldScope; scopeId?: string } {
  if (session !== undefined && run !== undefined) throw new CliError(EXIT.usage, 'Give --session or --run, not both.');
  if (session !== undefined) return { scope: 'session', scopeId: session };
  return run === undefined ? { scope: 'agent' } : { scope: 'run', scopeId: run };
}

function sayPlaced(
  agentId: string,
  { action, scope }: { action: HoldAction; scope: HoldScope },
  { holdId, confirmed, owing }: PlacedHold,
  { terminal }: CliContext,
): void {
  const { colours } = terminal;
  const noneAlive = scope === 'run' ? 'a run that has ended never acts again.' : 'the hold is in force when one starts.';
  const done = action === 'kill' ? 'killed' : 'paused';
  terminal.line(`${colours.yellow('■')} ${colours.bold(safeText(agentId))} ${done}  ${colours.dim(`hold ${holdId}`)}`);
  if (owing > 0) terminal.line(`  ${colours.red(`${owing} live run(s) have not confirmed yet`)}: "belay agents" shows when they do.`);
  else if (confirmed > 0)
    terminal.line(`  ${colours.green(`confirmed by ${confirmed} live run(s)`)}: nothing covered is running any more.`);
  else terminal.line(`  ${colours.dim(`no run of it is alive; ${noneAlive}`)}`);
  terminal.line(`  ${colours.dim(`To let it go on: belay release ${holdId}, or belay resume ${safeText(agentId)}`)}`);
}
