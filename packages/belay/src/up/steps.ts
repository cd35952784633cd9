import type { Terminal } from '../output/terminal.ts';

/** Says what is being started, and how long each part took. */
export interface Steps {
  /** Runs one part; steps may run side by side. */
  run<T>(what: string, task: () => Promise<T>): Promise<T>;
}

export function createSteps(terminal: Terminal, options: { quiet: boolean }): Steps {
  const { colours } = terminal;
  return {
    async run(what, task) {
      const started = performance.now();
      try {
        const result = await task();
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        if (!options.quiet) terminal.note(`  ${colours.green('✓')} ${what} ${colours.dim(`${seconds} s`)}`);
        return result;
      } catch (error) {
        terminal.note(`  ${colours.red('✗')} ${what}`);
        throw error;
      }
    },
  };
}
