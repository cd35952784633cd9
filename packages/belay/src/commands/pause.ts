import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addHoldCommand } from './hold-command.ts';

/** `belay pause <agent>`: nothing new starts; what runs may finish. */
export function addPause(program: Command, context: CliContext): void {
  addHoldCommand(program, context, 'pause', 'Pause an agent, one of its runs, or one of its sessions: nothing new starts');
}
