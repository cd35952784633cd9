import type { Clock } from '@belay/protocol';
import type { Terminal } from './output/terminal.ts';

/** What every command gets from the wiring: where to write, the clock, and when to stop. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first SIGINT or SIGTERM; the second one ends the process. */
  readonly signal: AbortSignal;
  /** Sets the code the process ends with, without ending it. */
  setExitCode(code: number): void;
}
