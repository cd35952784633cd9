import type { ReleasedHold } from '../client/release-holds.ts';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

/** One line per released hold, and whether its agent acts again. */
export function sayReleased(released: readonly ReleasedHold[], terminal: Terminal): void {
  const { colours } = terminal;
  for (const { agentId, holdId, openHolds } of released) {
    const after = openHolds === 0 ? colours.green('acts again') : colours.yellow(`still held by ${openHolds} other(s)`);
    terminal.line(`${colours.green('▶')} ${colours.bold(safeText(agentId))} ${after}  ${colours.dim(`released ${holdId}`)}`);
  }
}
