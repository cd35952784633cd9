import { isBelayError } from '@belay/protocol';
import type { CommanderError } from 'commander';
import { CliError, exitCodeOf, messageOf } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
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

/**
 * What ended the reading of the command line: `--help` and `--version`, or wrong usage, which commander has said itself unless a machine reads.
 * @returns the exit code.
 */
export function reportUsage(terminal: Terminal, { code, message, exitCode }: CommanderError, options: { json: boolean }): ExitCode {
  if (exitCode === 0) return EXIT.ok;
  if (!options.json) return EXIT.usage;
  const said = code === 'commander.help' ? 'No command was given.' : message.replace(/^error: /, '');
  reportError(
    terminal,
    new CliError(EXIT.usage, said, { hint: '"belay --help" lists the commands, "belay COMMAND --help" its options.' }),
    options,
  );
  return EXIT.usage;
}
