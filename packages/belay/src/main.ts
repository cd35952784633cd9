import { systemClock } from '@belay/protocol';
import { CommanderError } from 'commander';
import { exitCodeOf } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import { createTerminal } from './output/terminal.ts';
import { createProgram } from './program.ts';
import { reportError, reportUsage } from './report-error.ts';

const terminal = createTerminal({ out: process.stdout, err: process.stderr }, process.env);
/** One Ctrl-C arrives twice where a parent (npm, the launcher) passes on what the terminal sent to the whole group. */
const SAME_SIGNAL_MS = 1_000;

const stop = new AbortController();
let stoppedAtMs = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) stoppedAtMs = performance.now();
    else if (performance.now() - stoppedAtMs > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
    stop.abort();
  });
}
// A reader that has gone (`belay tail | head`) is an end, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failure));

const json = process.argv.includes('--json');
const setExitCode = (code: number): void => {
  process.exitCode = code;
};
const program = createProgram({ terminal, clock: systemClock, env: process.env, signal: stop.signal, setExitCode }, { json });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = reportUsage(terminal, error, { json });
  else if (stop.signal.aborted && isAbort(error)) process.exitCode = EXIT.ok;
  else {
    reportError(terminal, error, { json });
    process.exitCode = exitCodeOf(error);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
