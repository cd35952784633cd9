import { isBelayError } from '@belay/protocol';
import { CliError, exitCodeOf, messageOf } from './cli-error.ts';
import { safeText } from './output/safe-text.ts';
import type { Terminal } from './output/terminal.ts';

/** Says on standard error what went wrong and how to mend it; as one JSON document when a machine reads. Never a stack. */
export function reportError(terminal: Terminal, error: unknown, options: { json: boolean }): void {
  const hint = error instanceof CliError ? error.hint : undefined;
  if (options.json) {
    const code = isBelayError(error) ? error.code : undefined;
    terminal.note(JSON.stringify({ error: { message: messageOf(error), exitCode: exitCodeOf(error), code, hint } }));
    return;
  }
  const [first = '', ...others] = messageOf(error).split('\n');
  terminal.note(`${terminal.colours.red('belay:')} ${safeText(first)}`);
  // Indented, so that no text from elsewhere can pass for a line of this program.
  for (const line of others) terminal.note(`       ${safeText(line).trim()}`);
  if (hint !== undefined) terminal.note(`       ${terminal.colours.dim(hint)}`);
}
