import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addHoldCommand } from './hold-command.ts';

/** `belay kill <agent>`: what runs is aborted, and everything is refused until the hold is released. */
export function addKill(program: Command, context: CliContext): void {
  addHoldCommand(program, context, 'kill', 'Abort what an agent does and refuse everything until released');
}
