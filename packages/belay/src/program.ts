import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAgents } from './commands/agents.ts';
import { addAnomalies } from './commands/anomalies.ts';
import { addAudit } from './commands/audit.ts';
import { addBacktest } from './commands/backtest.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrift } from './commands/drift.ts';
import { addFeedback } from './commands/feedback.ts';
import { addHolds } from './commands/holds.ts';
import { addKill } from './commands/kill.ts';
import { addMode } from './commands/mode.ts';
import { addPause } from './commands/pause.ts';
import { addPromote } from './commands/promote.ts';
import { addRelease } from './commands/release.ts';
import { addReplay } from './commands/replay.ts';
import { addResume } from './commands/resume.ts';
import { addStatus } from './commands/status.ts';
import { addSweep } from './commands/sweep.ts';
import { addTail } from './commands/tail.ts';
import { addToken } from './commands/token.ts';
import { addUp } from './commands/up.ts';
import type { CliContext } from './context.ts';
import { EXIT_MEANINGS } from './exit-code.ts';

/** Every command, in the order in which `belay --help` shows them. */
const COMMANDS: readonly ((program: Command, context: CliContext) => void)[] = [
  addUp,
  addDemo,
  addStatus,
  addTail,
  addAgents,
  addAnomalies,
  addDrift,
  addFeedback,
  addHolds,
  addPause,
  addResume,
  addKill,
  addRelease,
  addMode,
  addPromote,
  addToken,
  addDoctor,
  addReplay,
  addBacktest,
  addSweep,
  addAudit,
];

/**
 * The command line. Wrong usage throws a CommanderError instead of ending the process, and is said on standard error.
 * @param options `json`: nothing is said, because what is thrown is to be reported as JSON.
 */
export function createProgram(context: CliContext, { json = false }: { readonly json?: boolean } = {}): Command {
  const program = new Command('belay')
    .description('The flight recorder and the emergency brake of AI agents.')
    .version(version(), '-V, --version')
    .configureOutput({
      writeOut: (text) => context.terminal.line(text.trimEnd()),
      writeErr: (text) => (json ? undefined : context.terminal.note(text.trimEnd())),
    })
    .showSuggestionAfterError()
    .exitOverride();
  program.addHelpText('after', exitCodeHelp());
  for (const add of COMMANDS) add(program, context);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

const exitCodeHelp = (): string =>
  `\nExit codes:\n${EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join('\n')}`;

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
